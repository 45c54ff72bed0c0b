"""The five IPP operations this driver needs (RFC 8011 §4), as requests, and what their answers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from drivers.document_printer.diagnosis import NO_PDF, OTHER_PAPER, REFUSES, codes_of
from drivers.document_printer.message import (
    CHARSET,
    INTEGER,
    JOB,
    KEYWORD,
    LANGUAGE,
    MIME_TYPE,
    NAME,
    OPERATION,
    PRINTER,
    URI,
    Attribute,
    Content,
    Group,
    Message,
    Value,
)
from drivers.document_printer.port import Document, Loaded, Supply

USER: Final = "zhizhu"
"""One name for all: who stands before the terminal is nobody's business in a printer's memory."""

A4: Final = "iso_a4_210x297mm"
PDF: Final = "application/pdf"
_LOW_PERCENT: Final = 10
_JOBS_LISTED_MAX: Final = 200


class Operation(IntEnum):
    """Operation codes."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


class JobState(IntEnum):
    """The states of a job (RFC 8011 §5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def final(self) -> bool:
        """Whether nothing more will come of the job."""
        return self >= JobState.CANCELED


@dataclass(frozen=True)
class Job:
    """What a printer says of one job; the pages are None where it does not count them."""

    number: int
    name: str
    state: JobState
    leaving: bool
    """Whether it still comes to its end although it is called off: what is in the printer may yet come out."""
    pages_out: int | None
    pages: int | None

    @property
    def doubtful(self) -> bool:
        """Whether all its pages may be out although it ended early: called off too late, or jammed at the end."""
        return bool(self.pages_out) and (self.pages is None or (self.pages_out or 0) >= self.pages)


@dataclass(frozen=True)
class Standing:
    """What a printer says of itself: everything wrong with it, what is loaded, and what stands behind it."""

    codes: frozenset[str]
    suspects: frozenset[str]
    """What its warnings name as well: the likely cause where a job does not move."""
    busy: bool
    loaded: Loaded
    device: str | None
    """The URI of the printer behind a CUPS queue; None where this is the printer itself."""


_PRINTER_ASKED: Final = (
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "document-format-supported",
    "media-ready",
    "marker-names",
    "marker-levels",
    "marker-low-levels",
    "marker-types",
    "printer-supply",
    "printer-supply-description",
    "device-uri",
)
_JOB_ASKED: Final = (
    "job-id",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-impressions",
    "job-impressions-completed",
)


_STATES: Final = frozenset(JobState)


def ok(answer: Message) -> bool:
    """Whether the printer did what it was asked to."""
    return answer.code < 0x0100


def ask_printer(uri: str) -> tuple[Operation, tuple[Group, ...]]:
    """Get-Printer-Attributes."""
    return Operation.GET_PRINTER_ATTRIBUTES, (_operation(uri, _keywords(_PRINTER_ASKED)),)


def print_job(uri: str, job: str, document: Document) -> tuple[Operation, tuple[Group, ...]]:
    """Print-Job, up to where the document follows."""
    about = (
        _one("job-name", NAME, job),
        _one("document-format", MIME_TYPE, PDF),
    )
    sides = "one-sided" if document.sides == "one" else "two-sided-long-edge"
    wishes = (_one("media", KEYWORD, A4), _one("sides", KEYWORD, sides))
    return Operation.PRINT_JOB, (_operation(uri, *about), Group(JOB, wishes))


def ask_job(uri: str, number: int) -> tuple[Operation, tuple[Group, ...]]:
    """Get-Job-Attributes."""
    return Operation.GET_JOB_ATTRIBUTES, (_operation(uri, _one("job-id", INTEGER, number), _keywords(_JOB_ASKED)),)


def ask_jobs(uri: str, which: str) -> tuple[Operation, tuple[Group, ...]]:
    """Get-Jobs: `completed` or `not-completed` ones of anybody, the newest first."""
    limits = (_one("limit", INTEGER, _JOBS_LISTED_MAX), _keywords(_JOB_ASKED), _one("which-jobs", KEYWORD, which))
    return Operation.GET_JOBS, (_operation(uri, *limits),)


def cancel_job(uri: str, number: int) -> tuple[Operation, tuple[Group, ...]]:
    """Cancel-Job."""
    return Operation.CANCEL_JOB, (_operation(uri, _one("job-id", INTEGER, number)),)


def job_of(group: Group) -> Job | None:
    """The job this group describes; None where it lacks what makes a job."""
    number, state = group.number("job-id"), group.number("job-state")
    if number is None or state is None or state not in _STATES:
        return None
    return Job(
        number=number,
        name=group.word("job-name") or "",
        state=JobState(state),
        leaving="processing-to-stop-point" in group.words("job-state-reasons"),
        pages_out=group.number("job-impressions-completed"),
        pages=group.number("job-impressions"),
    )


def jobs_of(answer: Message) -> tuple[Job, ...]:
    """The jobs an answer tells of."""
    return tuple(job for job in map(job_of, answer.every(JOB)) if job is not None)


def standing_of(answer: Message) -> Standing:
    """What the answer to Get-Printer-Attributes says."""
    told = answer.group(PRINTER)
    state = told.number("printer-state")
    reasons = told.words("printer-state-reasons")
    codes = set(codes_of(reasons, stopped=state == _STOPPED))
    loaded = Loaded(told.words("media-ready"), tuple(supply for supply, _ in _supplies(told)))
    if told.flag("printer-is-accepting-jobs") is False:
        codes.add(REFUSES)
    formats = told.words("document-format-supported")
    if formats and PDF not in formats:
        codes.add(NO_PDF)
    if loaded.media and A4 not in loaded.media:
        codes.add(OTHER_PAPER)
    if any(low for _, low in _supplies(told)):
        codes.add("toner_low")
    suspects = codes | codes_of(reasons, stopped=state == _STOPPED, wary=True)
    return Standing(frozenset(codes), frozenset(suspects), state == _PROCESSING, loaded, told.word("device-uri"))


_PROCESSING: Final = 4
_STOPPED: Final = 5


def _supplies(told: Group) -> tuple[tuple[Supply, bool], ...]:
    """Each supply and whether it runs low; waste boxes fill up rather than run out and are left to their reasons."""
    markers = _markers(told)
    return markers or _described(told)


def _markers(told: Group) -> tuple[tuple[Supply, bool], ...]:
    levels, names = told.numbers("marker-levels"), told.words("marker-names")
    lows, types = told.numbers("marker-low-levels"), told.words("marker-types")
    found = []
    for at, level in enumerate(levels):
        if at < len(types) and "waste" in types[at]:
            continue
        low = lows[at] if at < len(lows) and lows[at] >= 0 else _LOW_PERCENT
        known = 0 <= level <= 100
        name = names[at] if at < len(names) else ""
        found.append((Supply(name, level if known else None), known and level <= low))
    return tuple(found)


def _described(told: Group) -> tuple[tuple[Supply, bool], ...]:
    """printer-supply: `type=toner;maxcapacity=100;level=75;…` for each (PWG 5100.13 §6.5.13)."""
    names = told.words("printer-supply-description")
    found = []
    for at, content in enumerate(told.contents("printer-supply")):
        fields = _fields(content)
        if "waste" in fields.get("type", "").lower() or fields.get("class") == "receptacleThatIsFilled":
            continue
        percent = _percent(fields)
        name = names[at] if at < len(names) else fields.get("type", "")
        found.append((Supply(name, percent), percent is not None and percent <= _LOW_PERCENT))
    return tuple(found)


def _fields(content: Content) -> Mapping[str, str]:
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _percent(fields: Mapping[str, str]) -> int | None:
    try:
        level, most = int(fields.get("level", "-2")), int(fields.get("maxcapacity", "-2"))
    except ValueError:
        return None
    return round(100 * level / most) if 0 <= level <= most and most > 0 else None


def _operation(uri: str, *more: Attribute) -> Group:
    """The group every request begins with; the first three in this order (RFC 8011 §4.1.4)."""
    return Group(
        OPERATION,
        (
            _one("attributes-charset", CHARSET, "utf-8"),
            _one("attributes-natural-language", LANGUAGE, "en"),
            _one("printer-uri", URI, uri),
            *(each for each in more if each.name == "job-id"),
            _one("requesting-user-name", NAME, USER),
            *(each for each in more if each.name != "job-id"),
        ),
    )


def _one(name: str, tag: int, content: Content) -> Attribute:
    return Attribute(name, (Value(tag, content),))


def _keywords(names: tuple[str, ...]) -> Attribute:
    return Attribute("requested-attributes", tuple(Value(KEYWORD, name) for name in names))
