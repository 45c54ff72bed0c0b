"""Whoever stands behind a port of the hub has a row among the parties: a new one without fails here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.hub.orders.parties import DECODER, KINDS, PARTIES

ROOT: Final = Path(__file__).resolve().parents[3]
NO_PARTY: Final = {
    "hub.casework.reminders.Remind": "our own notice of what is due",
    "hub.desk_panels.PanelMaker": "a section of our own page",
    "hub.clocks.clock.Calendar": "our own data",
    "hub.outside.Named": "the shape of what a party tells",
}
"""Protocols of the hub behind which nobody outside stands, and what stands there."""
PORTLESS: Final = ("hub.vouchers.readers",)
"""Parties that come to us: there is no class that speaks to them."""


@dataclass(frozen=True, slots=True)
class Read:
    """A class as its source says it: whether it is a Protocol, and what it has."""

    is_port: bool
    has: frozenset[str]


@cache
def classes() -> dict[str, Read]:
    """Every class of the hub, and the terminal's decoder, by its full name, without importing any."""
    found: dict[str, Read] = {}
    decoder = ROOT.joinpath(*DECODER.split(".")[:-1]).with_suffix(".py")
    for path in (*sorted((ROOT / "hub").rglob("*.py")), decoder):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                found[f"{module}.{node.name}"] = Read("Protocol" in bases, frozenset(_members(node)))
    return found


def _members(node: ast.ClassDef) -> Iterator[str]:
    for one in node.body:
        match one:
            case ast.FunctionDef(name=name, decorator_list=[ast.Name(id="property")]):
                yield name
            case ast.FunctionDef(name="__init__"):
                yield from _self_attributes(one)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield f"{name}()"
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def _self_attributes(made: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(made):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def test_every_protocol_is_a_port_with_parties_or_said_to_be_none() -> None:
    found = classes()
    ports = {name for name, one in found.items() if one.is_port}
    assert set(NO_PARTY) <= ports, "a reason is left over"
    listed = {name for party in PARTIES for name in party.classes}
    for port in sorted(ports - set(NO_PARTY)):
        behind = {name for name, one in found.items() if not one.is_port and found[port].has <= one.has}
        assert behind, f"nothing stands behind {port}"
        assert behind <= listed, f"{port}: no row in tests/hub/orders/parties.py for {sorted(behind - listed)}"


def test_no_program_of_others_runs_at_the_terminal_but_those_that_are_known_here() -> None:
    runs = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "kiosk").rglob("*.py")
        if any(
            isinstance(node, ast.Import) and "subprocess" in {one.name for one in node.names}
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    }
    assert runs == {"kiosk/face/wlt.py"}, "a program of others is an outside party: give it a row"


def test_every_row_stands_for_something_and_has_every_kind_of_manner() -> None:
    for party in PARTIES:
        assert set(party.manners) == set(KINDS), party.name
        assert not party.tried_in or (ROOT / party.tried_in).exists(), party.tried_in
        assert all(party.manners[kind] for kind in KINDS), party.name
        for name in party.classes:
            assert name in classes() or name in PORTLESS, f"{party.name}: there is no {name}"
    assert len({party.name for party in PARTIES}) == len(PARTIES)
