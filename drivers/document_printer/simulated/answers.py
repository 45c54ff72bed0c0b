"""What the simulated printer answers to each IPP request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from drivers.document_printer.message import (
    BOOLEAN,
    CHARSET,
    COLLECTION,
    ENUM,
    INTEGER,
    JOB,
    KEYWORD,
    LANGUAGE,
    MIME_TYPE,
    NAME,
    OPERATION,
    PRINTER,
    TEXT,
    URI,
    Attribute,
    Collection,
    Content,
    Group,
    Message,
    Value,
)
from drivers.document_printer.operations import A4, PDF, Operation
from drivers.document_printer.simulated.engine import Engine, SimulatedJob

OK: Final = 0x0000
BAD_REQUEST: Final = 0x0400
NOT_FOUND: Final = 0x0406
NOT_POSSIBLE: Final = 0x0404
FORMAT_NOT_SUPPORTED: Final = 0x040A
NOT_SUPPORTED: Final = 0x0501
NOT_ACCEPTING: Final = 0x0506

VALIDATE_JOB: Final = 0x0004
CREATE_JOB: Final = 0x0005
SEND_DOCUMENT: Final = 0x0006
_SUBMITTING: Final = frozenset((Operation.PRINT_JOB, CREATE_JOB))
_OPERATIONS: Final = (*Operation, VALIDATE_JOB, CREATE_JOB, SEND_DOCUMENT)
_FORMATS: Final = (PDF, "application/octet-stream")


def brings_job(head: bytes) -> bool:
    """Whether a message that begins like this brings a new job."""
    return int.from_bytes(head[2:4], "big") in _SUBMITTING


class Answers:
    """The printer's side of the conversation; called with the engine's lock held."""

    def __init__(self, engine: Engine, has: Callable[[str], bool], uri: Callable[[], str]) -> None:
        self._engine = engine
        self._has = has
        self._uri = uri

    def to(self, request: Message) -> Message:
        """The answer to this request."""
        asked = request.group(OPERATION)
        match request.code:
            case Operation.GET_PRINTER_ATTRIBUTES:
                return self._answer(request, OK, Group(PRINTER, _wished(self._printer(), asked)))
            case Operation.PRINT_JOB:
                return self._print_job(request, asked)
            case _ if request.code == VALIDATE_JOB:
                return self._answer(request, self._refusal(asked) or OK)
            case _ if request.code == CREATE_JOB:
                return self._create_job(request, asked)
            case _ if request.code == SEND_DOCUMENT:
                return self._send_document(request, asked)
            case Operation.GET_JOBS:
                return self._answer(request, OK, *(self._job(job, asked) for job in self._listed(asked)))
            case Operation.GET_JOB_ATTRIBUTES:
                job = self._engine.jobs.get(asked.number("job-id") or 0)
                return self._answer(request, NOT_FOUND) if job is None else self._about(request, job, asked)
            case Operation.CANCEL_JOB:
                job = self._engine.jobs.get(asked.number("job-id") or 0)
                if job is None:
                    return self._answer(request, NOT_FOUND)
                return self._answer(request, OK if self._engine.call_off(job) else NOT_POSSIBLE)
            case _:
                return self._answer(request, NOT_SUPPORTED)

    def _print_job(self, request: Message, asked: Group) -> Message:
        refusal = self._refusal(asked)
        if refusal is not None:
            return self._answer(request, refusal)
        name, user = _named(asked)
        job = self._engine.take(name, user, request.data)
        if self._has("doubled"):
            self._engine.take(name, user, request.data)
        return self._about(request, job, Group(OPERATION, ()))

    def _create_job(self, request: Message, asked: Group) -> Message:
        refusal = self._refusal(asked)
        if refusal is not None:
            return self._answer(request, refusal)
        return self._about(request, self._engine.take(*_named(asked), None), Group(OPERATION, ()))

    def _send_document(self, request: Message, asked: Group) -> Message:
        job = self._engine.jobs.get(asked.number("job-id") or 0)
        if job is None:
            return self._answer(request, NOT_FOUND)
        if job.pdf is not None or job.state.final:
            return self._answer(request, NOT_POSSIBLE)
        self._engine.load(job, request.data)
        if self._has("doubled"):
            self._engine.take(job.name, job.user, request.data)
        return self._about(request, job, Group(OPERATION, ()))

    def _refusal(self, asked: Group) -> int | None:
        if self._has("refuses"):
            return NOT_ACCEPTING
        wanted = asked.word("document-format")
        return FORMAT_NOT_SUPPORTED if wanted is not None and wanted not in _FORMATS else None

    def _listed(self, asked: Group) -> Iterable[SimulatedJob]:
        """Newest first; not completed ones where nothing else is asked for (RFC 8011 §4.2.6.1)."""
        which = asked.word("which-jobs") or "not-completed"
        chosen = [
            job
            for job in reversed(self._engine.jobs.values())
            if which == "all" or job.state.final == (which == "completed")
        ]
        return chosen[: asked.number("limit")]

    def _about(self, request: Message, job: SimulatedJob, asked: Group) -> Message:
        return self._answer(request, OK, self._job(job, asked))

    def _job(self, job: SimulatedJob, asked: Group) -> Group:
        told = (
            _one("job-id", INTEGER, job.number),
            _one("job-uri", URI, f"{self._uri()}/{job.number}"),
            _one("job-name", NAME, job.name),
            _one("job-originating-user-name", NAME, job.user),
            _one("job-state", ENUM, int(job.state)),
            _one("job-state-reasons", KEYWORD, job.reason),
            _one("job-impressions", INTEGER, job.pages),
            _one("job-impressions-completed", INTEGER, job.pages_out),
        )
        return Group(JOB, _wished(told, asked))

    def _printer(self) -> tuple[Attribute, ...]:
        engine = self._engine
        toner = 0 if engine.has("toner_empty") else 5 if engine.has("toner_low") else 80
        waiting = sum(1 for job in engine.jobs.values() if not job.state.final)
        return (
            _one("printer-uri-supported", URI, self._uri()),
            _one("uri-security-supported", KEYWORD, "none"),
            _one("uri-authentication-supported", KEYWORD, "none"),
            _one("printer-name", NAME, "zhizhu"),
            _one("printer-info", TEXT, "zhizhu"),
            _one("printer-location", TEXT, ""),
            _one("printer-more-info", URI, self._uri().replace("ipp://", "http://")),
            _one("printer-make-and-model", TEXT, "zhizhu simulated printer"),
            _one("printer-state", ENUM, engine.state()),
            _many("printer-state-reasons", KEYWORD, engine.reasons()),
            _one("printer-is-accepting-jobs", BOOLEAN, not self._has("refuses")),
            _one("queued-job-count", INTEGER, waiting),
            _many("ipp-versions-supported", KEYWORD, ("1.1", "2.0")),
            _many("operations-supported", ENUM, sorted(int(each) for each in _OPERATIONS)),
            _one("charset-configured", CHARSET, "utf-8"),
            _one("charset-supported", CHARSET, "utf-8"),
            _one("natural-language-configured", LANGUAGE, "en"),
            _one("generated-natural-language-supported", LANGUAGE, "en"),
            _one("document-format-default", MIME_TYPE, PDF),
            _many("document-format-supported", MIME_TYPE, _FORMATS),
            _one("pdl-override-supported", KEYWORD, "attempted"),
            _one("compression-supported", KEYWORD, "none"),
            _one("printer-up-time", INTEGER, 1),
            _one("media-default", KEYWORD, A4),
            _one("media-supported", KEYWORD, A4),
            _one("media-ready", KEYWORD, A4),
            _one("media-col-default", COLLECTION, Collection((_one("media-size-name", KEYWORD, A4),))),
            _many("sides-supported", KEYWORD, ("one-sided", "two-sided-long-edge")),
            _one("sides-default", KEYWORD, "one-sided"),
            _one("marker-names", NAME, "Black Toner"),
            _one("marker-types", KEYWORD, "toner"),
            _one("marker-levels", INTEGER, toner),
            _one("marker-low-levels", INTEGER, 10),
        )

    def _answer(self, request: Message, status: int, *groups: Group) -> Message:
        first = Group(
            OPERATION,
            (_one("attributes-charset", CHARSET, "utf-8"), _one("attributes-natural-language", LANGUAGE, "en")),
        )
        return Message(status, request.request_id, (first, *groups), version=request.version)


def _named(asked: Group) -> tuple[str, str]:
    return asked.word("job-name") or "untitled", asked.word("requesting-user-name") or "anonymous"


def _wished(told: tuple[Attribute, ...], asked: Group) -> tuple[Attribute, ...]:
    wishes = frozenset(asked.words("requested-attributes"))
    if not wishes or wishes & {"all", "printer-description", "job-description", "job-template"}:
        return told
    return tuple(each for each in told if each.name in wishes)


def _one(name: str, tag: int, content: Content) -> Attribute:
    return Attribute(name, (Value(tag, content),))


def _many(name: str, tag: int, contents: Iterable[Content]) -> Attribute:
    return Attribute(name, tuple(Value(tag, content) for content in contents))
