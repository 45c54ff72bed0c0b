"""A real terminal process is replaced after a visit; the next resident is served by one that never met the first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from deploy.journey.world import until
from seeds.places import CATALOGUE
from tests.deploy.hall import PEOPLE, WITHIN_S, Hall, open_hall

HUANG, PAN = PEOPLE["huang-axing"], PEOPLE["pan-jinfeng"]


@pytest.fixture(scope="module")
def village() -> Iterator[Hall]:
    """A terminal that replaces itself after a second."""
    with open_hall("privacy.restart_idle_s=1", "status.write_s=1") as hall:
        yield hall


@pytest.fixture
def hall(village: Hall) -> Iterator[Hall]:
    """The terminal when nobody is there, in a process that nobody has used."""
    village.shows("'attract'")
    yield village
    if "'attract'" not in village.screen():
        last = village.started()
        village.world.lift()
        village.touch("finish")
        _replaced(village, last)


def _replaced(hall: Hall, first: datetime) -> None:
    """Returns when another process than the one of `first` has written its status."""

    def lasting() -> str | None:
        status = hall.status()
        return None if status.started not in (None, first) else f"still the process of {first}: {status}"

    assert (said := until(lasting, WITHIN_S)) is None, said


def test_neither_stands_in_the_golden_cases_that_every_terminal_reads() -> None:
    cases = "".join(each.read_text(encoding="utf-8") for each in CATALOGUE.rglob("*.yaml"))
    assert HUANG.id_number not in cases
    assert PAN.id_number not in cases


@pytest.mark.night
def test_the_process_is_replaced_after_a_visit_and_the_next_resident_is_served(hall: Hall) -> None:
    first, pid, clean = hall.started(), hall.pid(), hall.status().sessions_clean
    hall.lay("huang-axing")
    hall.shows(HUANG.name[0] + "*" + HUANG.name[-1])
    assert _held(pid, HUANG.id_number) != []
    hall.world.lift()
    hall.touch("finish")
    _replaced(hall, first)
    assert hall.pid() == pid  # the supervisor sees no end of it
    assert hall.status().sessions_clean == clean + 1
    assert hall.status().sessions_unclean == 0
    assert not _held(pid, HUANG.id_number)
    hall.shows("attract")
    hall.lay("pan-jinfeng")
    hall.shows(PAN.name[0] + "*" + PAN.name[-1])
    assert HUANG.name[-1] not in hall.screen()


@pytest.mark.night
def test_a_card_left_on_the_reader_keeps_the_process_until_it_is_lifted(hall: Hall) -> None:
    first, clean = hall.started(), hall.status().sessions_clean
    hall.world.device("id_card", "POST", "/once_until_lifted", {"on": False})
    hall.lay("huang-axing")
    hall.shows("*")
    hall.touch("finish")

    def searched() -> str | None:
        status = hall.status()
        return None if status.sessions_clean == clean + 1 else f"not searched: {status}"

    assert (said := until(searched, WITHIN_S)) is None, said

    def stays() -> str | None:
        status = hall.status()
        return None if status.started != first else "stays"

    assert until(stays, 12.0) == "stays", (first, hall.status(), hall.screen())
    hall.world.lift()
    assert until(stays, WITHIN_S) is None


def _held(pid: int, text: str) -> list[bytes] | None:
    """Where this stands in a process's memory, with what is around it; None where nobody may look, as it should be."""
    wanted = (text.encode(), text.encode("utf-16-le"))
    found: list[bytes] = []
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
                span, rights, *_ = line.split()
                if not rights.startswith("rw"):
                    continue
                start, end = (int(part, 16) for part in span.split("-"))
                try:
                    memory.seek(start)
                    held = memory.read(end - start)
                except OSError:  # a mapping of the kernel's own
                    continue
                found += [
                    line.encode() + held[max(0, at - 300) : at + 300] for each in wanted if (at := held.find(each)) >= 0
                ]
    except PermissionError:
        return None
    return found
