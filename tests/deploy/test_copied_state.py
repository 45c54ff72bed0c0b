"""Whoever copies a terminal's folder, but not its keys, reads nothing of anybody in it."""

from __future__ import annotations

import base64
import json
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from deploy.journey.cards import photo_of
from deploy.journey.world import until
from tests.deploy.hall import PEOPLE, WITHIN_S, Hall, open_hall
from tests.deploy.leak_search import CHARACTER_SETS, Found, LeakSearch, files_of, values_of
from tests.deploy.visits import HELPER, KEPT, code_in, up_to_confirm

KEYS: Final = "keys"
OURS: Final = ("village-terminal", "village-agent")  # whose logs; the simulators around them know who lays a card
NOT_OURS: Final = ("zhizhu-demo-", "zhizhu-camera-")
"""Among the temporary files: the demo's folder, which is copied apart, and what the simulated camera sees."""
SEARCH: Final = LeakSearch(values_of(PEOPLE))
PIECE: Final = slice(24, 40)
"""Of a card's photograph: what tells whose it is."""
PICTURED: Final = ("lin-yuelan", "liang-yuzhen", "pan-jinfeng")
KEPT_HERE: Final = 2
JPEG: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF"


@pytest.mark.night
@pytest.mark.timeout(600)  # eight visits and a restart, on a machine that may be busy
def test_after_visits_that_ended_well_and_badly_nobody_is_to_be_read_in_a_copy_without_the_keys(tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    with (
        TemporaryDirectory(prefix="zz-") as temporary,  # a short name: sockets lie in it
        open_hall("status.write_s=1", environment={"TMPDIR": temporary}) as hall,
    ):
        demo = hall.state_dir.parents[1]
        _visits(hall, lambda moment: _copied(hall.state_dir, copies / moment, lambda path: path.parts[0] != KEYS))
        _copied(demo / "logs", copies / "logs", lambda path: path.name.startswith(OURS))
        _copied(Path(temporary), copies / "tmp", lambda path: not path.parts[0].startswith(NOT_OURS))
        codes = {code for ticket in hall.world.tickets() if (code := code_in(ticket.text))}
        at_hub = SEARCH.in_folder(demo / "hub")
    photos = {(slug, "photo"): photo_of(slug)[PIECE] for slug in PICTURED}
    told = {("case", spelling): spelling for code in codes for spelling in (code, re.sub(r"\D", "", code))}
    search = LeakSearch(values_of(PEOPLE) | photos | told | {("camera", "picture"): JPEG})

    seen = {path.name for path in files_of(copies)} | {path.parent.name for path in files_of(copies)}
    assert codes
    assert seen >= {"terminal.db", "terminal.db-wal", "agent.db-shm", "status.json", "pictures", "village-terminal.log"}
    assert search.in_folder(copies) == set()
    # the same search is not blind: the stand-in for the authorities' register lies readable at the hub
    assert {found.whose for found in at_hub} >= {person.slug for person in PEOPLE if person.roles == ("resident",)}


def _visits(hall: Hall, copy: Callable[[str], None]) -> None:
    hall.world.stage("/network", {"state": "down"})
    _begins(hall, "lin-yuelan", "witness")
    copy("while her card lies there")
    hall.world.stage("/power_cut")
    copy("after a power cut in the middle")
    hall.world.lift()
    hall.shows("'attract'")

    _begins(hall, "liang-yuzhen", "later_check", "agree_picture")
    copy("with a picture taken")
    hall.touch("confirm")
    hall.shows(KEPT)
    copy("with a picture kept")
    _leaves(hall)

    hall.world.device("receipt_printer", "POST", "/fault", {"state": "paper_end_midway"})
    up_to_confirm(hall, "pan-jinfeng")
    hall.touch("confirm")
    hall.shows("打印机没有纸了")
    copy("without paper")
    _leaves(hall)
    hall.world.device("receipt_printer", "POST", "/clear")

    for what in ("wake", "all_items", "养老待遇资格认证", "begin", "witness", "type_number"):
        hall.touch(what)
    hall.door.ask("type", text=PEOPLE["huang-axing"].id_number)
    copy("with a number half entered")
    hall.touch("enter")
    hall.lay(HELPER)
    hall.shows("'confirm'")
    hall.touch("cancel")
    _leaves(hall)

    for foreigner in ("lin-mali", "duke-john"):
        hall.lay(foreigner)
        hall.shows("'home'")
        _leaves(hall)

    hall.world.stage("/network", {"state": "up"})
    assert until(lambda: None if len(hall.world.cases()) == KEPT_HERE else "not all at the hub", WITHIN_S) is None
    hall.lay("liang-yuzhen")
    for what in ("look_up", "by_card", "print"):
        hall.touch(what)
    copy("while her cases are shown")
    _leaves(hall)
    copy("at the end")


ADDRESS: Final = PEOPLE["lin-yuelan"].address
NUMBER: Final = PEOPLE["chen-deshui"].id_number
WRAPS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "": lambda data: data,
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    "base64": base64.b64encode,
    "base64 a byte later": lambda data: base64.b64encode(b"x" + data + b"yz"),
    "base64 two bytes later": lambda data: base64.b64encode(b"xy" + data + b"z"),
    "base64 for addresses": lambda data: base64.urlsafe_b64encode(b"x" + data),
    "zlib": lambda data: zlib.compress(b"{" + data + b"}"),
    "hex in zlib": lambda data: zlib.compress(data.hex().encode()),
}


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("characters", CHARACTER_SETS)
def test_a_planted_leak_is_found_in_every_spelling(tmp_path: Path, characters: str, wrap: str) -> None:
    for at, value in enumerate((ADDRESS, NUMBER)):
        leak = WRAPS[wrap](value.encode(characters))
        (tmp_path / f"{at}.db-wal").write_bytes(bytes(range(256)) * 8 + leak + b"\x00" * 500)
    found = SEARCH.in_folder(tmp_path)
    assert {(each.file, each.whose, each.what) for each in found} >= {
        ("0.db-wal", "lin-yuelan", "address"),
        ("1.db-wal", "chen-deshui", "id_number"),
    }


def test_every_value_of_everybody_is_found_in_every_character_set() -> None:
    values = values_of(PEOPLE)
    assert len(values) >= 10 * len(PEOPLE.all)
    for (whose, what), value in values.items():
        for characters in CHARACTER_SETS:
            written = base64.b64encode(value.encode(characters))
            assert (whose, what) in {(each.whose, each.what) for each in SEARCH.in_bytes(written, "log")}


def test_a_leak_is_found_in_an_unsealed_database_its_journal_a_log_line_and_a_file_name(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "terminal.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE person (name TEXT)")
        database.execute("INSERT INTO person VALUES (?)", (ADDRESS,))
        database.commit()
        in_journal = SEARCH.in_folder(tmp_path)
    (tmp_path / "village-agent.log").write_text(json.dumps({"who": ADDRESS}), encoding="utf-8")
    (tmp_path / f"slip-{NUMBER}.txt").touch()
    found = SEARCH.in_folder(tmp_path)
    assert {each.file for each in in_journal} == {"terminal.db-wal"}
    assert Found("village-agent.log", "lin-yuelan", "address", "json") in found
    assert Found("(a file's name)", "chen-deshui", "id_number", "utf-8") in found


def test_a_report_of_what_was_found_leaks_nothing_itself() -> None:
    told = SEARCH.in_bytes(ADDRESS.encode() + NUMBER.encode(), "a.log")
    assert told
    values = {key: value for key, value in values_of(PEOPLE).items() if key[1] != "slug"}
    assert LeakSearch(values).in_bytes(repr(told).encode(), "report") == set()


def test_bytes_that_are_random_are_taken_for_nobody() -> None:
    noise = Random(4).randbytes(400_000)
    assert SEARCH.in_bytes(noise + base64.b64encode(noise) + noise.hex().encode(), "noise") == set()


def _begins(hall: Hall, resident: str, *ways: str) -> None:
    hall.lay(resident)
    hall.shows("'home'")
    for what in ("all_items", "养老待遇资格认证", "begin", *ways):
        hall.touch(what)


def _leaves(hall: Hall) -> None:
    if "'attract'" not in hall.screen():
        hall.touch("finish")
    hall.world.lift()
    hall.shows("'attract'")


def _copied(folder: Path, to: Path, wanted: Callable[[Path], bool]) -> None:
    """The files as they lie there at this moment; who still runs may take one away under our hands."""
    for path in files_of(folder):
        inner = path.relative_to(folder)
        if wanted(inner):
            (to / inner).parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                shutil.copyfile(path, to / inner)
