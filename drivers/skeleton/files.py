"""The text of a new driver's files. Pure: shapes and names in, source out."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from drivers.skeleton.shape import Method, Shape

NAMES: Final = {
    "unknown": "(State.unknown, None)",
    "ready": "(State.ready, None)",
    "silent": "(State.unknown, Cause.device)",
    "absent": "(State.absent, Cause.environment)",
}
"""What any device can be, to begin with."""

UNWRITTEN: Final = "（待写）"
"""Stands in every text that nobody has written yet; the driver's own test looks for it."""


def class_name(name: str, port: str) -> str:
    """plain_text and ReceiptPrinter make PlainTextReceiptPrinter."""
    return "".join(part.capitalize() for part in name.split("_")) + port


def driver_file(kind: str, name: str, port: Shape, *, over_bytes: bool) -> str:
    """drivers/KIND/NAME.py: opens and closes, and names every other method that is to be filled in."""
    path = f"drivers/{kind}/{name}.py"
    own = class_name(name, port.name)
    lines = [
        f'"""The driver `{name}` of the kind {kind}: say here what it speaks, and where that is written down."""',
        "",
        "from __future__ import annotations",
        "",
        *_sorted_imports(
            *port.imports,
            f"from drivers.{kind}.port import {port.name}",
            "from collections.abc import Callable",
            "from datetime import datetime",
            "from typing import Final",
            "from drivers.diagnosis import Chart",
            "from drivers.diagnosis import Diagnosis",
            "from drivers.diagnosis import utc_now",
            "from drivers.health import Cause",
            "from drivers.health import State",
            "from drivers.trouble import WrongState",
            *(("from drivers.link import Link", "from drivers.link import open_link") if over_bytes else ()),
            without=port.name,
        ),
        "",
        "DIAGNOSIS: Final = Diagnosis(",
        f'    "{kind}",',
        "    {",
        *(f'        "{each}": {verdict},' for each, verdict in NAMES.items()),
        "    },",
        ")",
        '"""Everything this device can be; each has a text for the resident and one for the technician."""',
        "",
        "",
        f"class {own}:",
        f'    """A {port.name} that speaks {name}."""',
        "",
        "    def __init__(",
        "        self,",
        "        link: str,",
        "        *,",
        "        now: Callable[[], datetime] = utc_now,",
        *(("        connect: Callable[[str], Link] = open_link,",) if over_bytes else ()),
        "    ) -> None:",
        "        self._url = link",
        *(("        self._connect = connect",) if over_bytes else ()),
        '        self._chart = Chart(DIAGNOSIS, now, "unknown")',
        "        self._link: Link | None = None" if over_bytes else "        self._is_open = False",
        "",
        "    def open(self) -> None:",
        f'        """See {port.name}.open."""',
        *(
            ("        if self._link is None:", "            self._link = self._connect(self._url)")
            if over_bytes
            else ()
        ),
        *(() if over_bytes else ("        self._is_open = True",)),
        "",
        "    def close(self) -> None:",
        f'        """See {port.name}.close."""',
        *(
            ("        link, self._link = self._link, None", "        if link is not None:", "            link.close()")
            if over_bytes
            else ("        self._is_open = False",)
        ),
    ]
    for method in port.methods:
        if method.name in ("open", "close"):
            continue
        lines += [
            "",
            *(f"    @{each}" for each in method.decorators),
            f"    def {method.signature}:",
            f'        """See {port.name}.{method.name}."""',
            f'        self._must_be_open("{method.name}")',
            f"        {_to_fill(path, method)}",
        ]
    closed = "self._link is None" if over_bytes else "not self._is_open"
    lines += [
        "",
        "    def _must_be_open(self, call: str) -> None:",
        f"        if {closed}:",
        '            raise WrongState(call, "closed")',
    ]
    return "\n".join(lines) + "\n"


def test_file(kind: str, name: str, port: Shape, contract: str, stand: Shape, *, over_bytes: bool) -> str:
    """tests/drivers/KIND/test_NAME.py: the kind's contract over the new driver, and a stand to be filled in."""
    path = f"tests/drivers/{kind}/test_{name}.py"
    own = class_name(name, port.name)
    held = next((each.name for each in stand.methods if each.signature.endswith(f"-> {port.name}")), "device")
    lines = [
        f'"""The contract, kept by the driver `{name}`; the stand is the other end of its wire."""',
        "",
        "from __future__ import annotations",
        "",
        *_sorted_imports(
            *stand.imports,
            "from collections.abc import Iterator",
            "from dataclasses import dataclass",
            "import pytest",
            f"from drivers.{kind}.{name} import DIAGNOSIS",
            f"from drivers.{kind}.{name} import {own}",
            *(("from drivers.simulation import simulate",) if over_bytes else ()),
            "from drivers.texts import text",
            f"from tests.drivers.{kind}.contract import {contract}",
            f"from tests.drivers.{kind}.contract import {stand.name}",
            # the stand holds the driver by its own class; only what makes another one may name the port
            without=""
            if any(port.name in each.signature for each in stand.methods if each.name != held)
            else port.name,
        ),
        "",
        f'UNWRITTEN = "{UNWRITTEN}"',
        "",
        "",
        "@dataclass",
        f"class {class_name(name, 'Stand')}:",
        '    """The driver at work, and whoever is at its other end."""',
        "",
        f"    {held}: {own}",
    ]
    for method in stand.methods:
        if method.name == held:
            continue
        lines += [
            "",
            *(f"    @{each}" for each in method.decorators),
            f"    def {method.signature}:",
            f"        {_to_fill(path, method)}",
        ]
    lines += [
        "",
        "",
        f"class Test{class_name(name, port.name)}({contract}):",
        "    @pytest.fixture",
        f"    def stand(self) -> Iterator[{stand.name}]:",
        *_stand_fixture(kind, own, held, class_name(name, "Stand"), over_bytes=over_bytes),
        "",
        "",
        '@pytest.mark.parametrize("name", DIAGNOSIS.names)',
        "def test_every_verdict_has_its_texts(name: str) -> None:",
        '    for who in ("resident", "technician"):',
        f'        text_id = f"{kind}.{{name}}.{{who}}"',
        "        assert text(text_id) != text_id",
        "        assert UNWRITTEN not in text(text_id)",
    ]
    return "\n".join(lines) + "\n"


def texts_file(kind: str, known: Iterable[str]) -> str:
    """seeds/texts/drivers_KIND_NAME.yaml: a place for each text that the kind lacks; empty where it has them all."""
    known = set(known)
    wanted = [f"{kind}.{name}.{who}" for name in NAMES for who in ("resident", "technician")]
    return "".join(
        f'{text_id}: {{zh-Hans: "{UNWRITTEN}", zh-Hant: "（待寫）", en: "(to be written)"}}\n'
        for text_id in wanted
        if text_id not in known
    )


def registry_with(source: str, kind: str, name: str, where: str, links: Sequence[str]) -> str:
    """drivers/registry.py with one row more in this kind; it is honest: not yet."""
    drivers = _drivers_of(source, kind)
    row = f'Driver("{name}", "{where}", {tuple(links)!r}, "{name}", "not yet"),'.replace("'", '"')
    end = _offset(source, drivers.end_lineno or 0, (drivers.end_col_offset or 0)) - 1  # before the closing bracket
    before = source[:end].rstrip()
    comma = "" if before.endswith((",", "(")) else ","
    indent = " " * 20
    return f"{before}{comma}\n{indent}{row}\n{' ' * 16}{source[end:]}"


def _drivers_of(source: str, kind: str) -> ast.Tuple:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="Kind"), args=[ast.Constant(value=value), _, ast.Tuple() as drivers, *_]):
                if value == kind:
                    return drivers
            case _:
                continue
    raise ValueError(f"the registry has no row {kind}")


def _offset(source: str, line: int, column: int) -> int:
    """Where a place of `ast` is in the text: it counts the bytes of UTF-8 in a line."""
    lines = source.splitlines(keepends=True)
    return sum(len(each) for each in lines[: line - 1]) + len(lines[line - 1].encode()[:column].decode())


def _stand_fixture(kind: str, own: str, held: str, stand: str, *, over_bytes: bool) -> tuple[str, ...]:
    """Only a driver over bytes must find somebody at its link's other end to be opened; a simulator may need programs
    that are not there."""
    if over_bytes:
        return (
            f'        with simulate("{kind}").start() as simulation:  # start your own other end instead',
            f"            {held} = {own}(simulation.link)",
            f"            {held}.open()",
            f"            yield {stand}({held})",
            f"            {held}.close()",
        )
    return (
        f'        {held} = {own}("")  # the link of your own other end',
        f"        {held}.open()",
        f"        yield {stand}({held})",
        f"        {held}.close()",
    )


def _to_fill(path: str, method: Method) -> str:
    return f'raise NotImplementedError("{path}: fill in {method.name}")'


def _sorted_imports(*lines: str, without: str) -> list[str]:
    """In the order of the house: the language's own, other people's, ours; names of one module on one line."""
    own_rooms = ("drivers", "tests", "seeds", "kiosk", "offline", "hub", "deploy")
    modules: dict[str, set[str]] = {}
    whole: set[str] = set()
    for line in lines:
        node = ast.parse(line).body[0]
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = {ast.unparse(alias) for alias in node.names if alias.name != without}
            if names:
                modules.setdefault(node.module, set()).update(names)
        else:
            whole.add(line)
    written = [(line.split()[1], line) for line in whole]
    written += [(module, f"from {module} import {', '.join(sorted(names))}") for module, names in modules.items()]
    groups: list[list[str]] = [[], [], []]
    for module, line in sorted(written, key=lambda each: (each[1].startswith("from"), each[0])):
        top = module.split(".")[0]
        groups[2 if top in own_rooms else 0 if top in sys.stdlib_module_names else 1].append(line)
    return "\n\n".join("\n".join(group) for group in groups if group).split("\n")
