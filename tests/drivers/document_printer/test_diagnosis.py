"""Every name says whose fault it is and has its words; what printers say of themselves comes to one of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from drivers.document_printer.diagnosis import _REASONS, DIAGNOSIS, codes_of, stopping, worst
from drivers.document_printer.message import Group, Message
from drivers.document_printer.operations import Standing, standing_of
from drivers.document_printer.port import Document, Supply
from drivers.health import State
from tests.drivers.document_printer.puppet import printer_group

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEXTS = Path(__file__).parents[3] / "seeds" / "texts" / "drivers_document_printer.yaml"


def test_every_name_has_its_texts_and_every_text_its_name() -> None:
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    healths = [DIAGNOSIS.health(name, NOW) for name in DIAGNOSIS.names]
    assert set(texts) == {text for health in healths for text in (health.resident, health.technician)}
    assert all(set(text) == {"zh-Hans", "zh-Hant", "en"} for text in texts.values())


def test_only_a_printer_that_is_well_is_nobodys_fault() -> None:
    well = [name for name in DIAGNOSIS.names if DIAGNOSIS.health(name, NOW).cause is None]
    assert well == ["ready", "cancelled"]


@pytest.mark.parametrize(
    ("reasons", "stopped", "name"),
    [
        (("none",), False, "ready"),
        ((), True, "stopped"),
        (("media-empty",), True, "paper_end"),
        (("media-empty-error", "cover-open-error"), True, "cover_open"),
        (("media-empty-warning",), False, "ready"),
        (("media-empty-warning",), True, "paper_end"),
        (("toner-low-report",), False, "toner_low"),
        (("media-low", "marker-supply-low-warning"), False, "toner_low"),
        (("toner-low-warning",), True, "stopped"),
        (("paused",), True, "paused"),
        (("cups-waiting-for-job-completed",), False, "ready"),
        (("com.maker.strange-error",), False, "ready"),
        (("com.maker.strange-error",), True, "stopped"),
        (("offline-report",), False, "ready"),
        (("shutdown",), False, "offline"),
    ],
)
def test_what_is_to_be_put_right_first_is_told(reasons: tuple[str, ...], stopped: bool, name: str) -> None:
    assert worst(codes_of(reasons, stopped=stopped)) == name


SAID = st.builds(
    lambda name, severity: name + severity,
    st.sampled_from([*_REASONS, "none", "odd"]),
    st.sampled_from(["", "-report", "-warning", "-error"]),
)


@given(st.lists(SAID).map(tuple))
def test_a_stopped_printer_is_never_told_as_usable(reasons: tuple[str, ...]) -> None:
    assert stopping(worst(codes_of(reasons, stopped=True)))


def test_a_job_that_does_not_move_makes_warnings_count() -> None:
    assert worst(codes_of(("media-empty-warning",), stopped=False, wary=True)) == "paper_end"


def standing(**told: object) -> Standing:
    return standing_of(Message(0, 1, (printer_group(**told),)))  # type: ignore[arg-type]


def test_a_printer_that_says_nothing_of_itself_is_taken_as_it_is() -> None:
    found = standing_of(Message(0, 1, (Group(4, ()),)))
    assert (found.codes, found.loaded.media, found.loaded.supplies, found.device) == (frozenset(), (), (), None)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"printer_is_accepting_jobs": False}, "refuses"),
        ({"document_format_supported": ("image/urf", "image/pwg-raster")}, "no_pdf"),
        ({"document_format_supported": ("image/urf", "application/pdf")}, "ready"),
        ({"media_ready": ("na_letter_8.5x11in",)}, "other_paper"),
        ({"media_ready": ("na_letter_8.5x11in", "iso_a4_210x297mm")}, "ready"),
        ({"marker_levels": (9,), "marker_names": ("K",)}, "toner_low"),
        ({"marker_levels": (15,), "marker_low_levels": (20,)}, "toner_low"),
        ({"marker_levels": (15,), "marker_low_levels": (-1,)}, "ready"),
        ({"marker_levels": (-3,)}, "ready"),
        ({"marker_levels": (2,), "marker_types": ("waste-toner",)}, "ready"),
        ({"printer_supply": (b"type=toner;maxcapacity=200;level=10;",)}, "toner_low"),
        ({"printer_supply": (b"type=toner;maxcapacity=x;level=10;",)}, "ready"),
        ({"printer_supply": (b"type=wasteToner;maxcapacity=100;level=5;",)}, "ready"),
    ],
)
def test_what_a_printer_tells_of_itself_comes_to_a_name(told: dict[str, object], name: str) -> None:
    assert worst(standing(**told).codes) == name


def test_supplies_are_told_by_their_names_and_what_is_left() -> None:
    marked = standing(marker_levels=(50, -2), marker_names=("Black", "Drum"))
    assert marked.loaded.supplies == (Supply("Black", 50), Supply("Drum", None))
    assert standing(marker_levels=(50,)).loaded.supplies == (Supply("", 50),)
    described = standing(
        printer_supply=(b"type=toner;maxcapacity=200;level=50;", b"type=opc;maxcapacity=-2;level=-2"),
        printer_supply_description=("Black Toner",),
    )
    assert described.loaded.supplies == (Supply("Black Toner", 25), Supply("opc", None))


@pytest.mark.parametrize(
    ("pdf", "sides"), [(b"GIF89a", "one"), (b"%PDF-" + bytes(32 * 1024 * 1024), "one"), (b"%PDF-1.4", "both")]
)
def test_what_is_no_document_for_a_printer_is_not_made_into_one(pdf: bytes, sides: str) -> None:
    with pytest.raises(ValueError, match="document"):
        Document(pdf, sides)  # type: ignore[arg-type]


def test_state_words_are_the_same_for_all_kinds() -> None:
    assert DIAGNOSIS.health("absent", NOW).state is State.absent
    assert DIAGNOSIS.health("silent", NOW).state is State.unknown
