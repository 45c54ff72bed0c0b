"""A printer on strings: each test writes the answers itself, byte by byte where it wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from drivers.document_printer.message import (
    BOOLEAN,
    ENUM,
    INTEGER,
    JOB,
    KEYWORD,
    NAME,
    OCTETS,
    OPERATION,
    PRINTER,
    TEXT,
    URI,
    Attribute,
    Content,
    Group,
    Message,
    Value,
    decode,
    encode,
)
from drivers.document_printer.operations import JobState, Operation
from drivers.document_printer.simulated.counter import Counter

_TAGS = {
    "printer-state": ENUM,
    "job-state": ENUM,
    "printer-is-accepting-jobs": BOOLEAN,
    "job-name": NAME,
    "marker-names": NAME,
    "printer-supply-description": TEXT,
    "device-uri": URI,
    "printer-supply": OCTETS,
}


def attribute(name: str, *contents: Content) -> Attribute:
    """With the syntax the standard gives it: integers for numbers and keywords for words where not told otherwise."""
    tag = _TAGS.get(name, INTEGER if isinstance(contents[0], int) else KEYWORD)
    return Attribute(name, tuple(Value(tag, content) for content in contents))


def printer_group(**told: Content | tuple[Content, ...]) -> Group:
    """A printer that says this; idle and without complaint where not told otherwise."""
    said: dict[str, Any] = {"printer_state": 3, "printer_state_reasons": "none"} | told
    return Group(PRINTER, tuple(_named(name, content) for name, content in said.items()))


def job_group(number: int, name: str, state: JobState, **told: Content) -> Group:
    """A job that stands like this."""
    said: dict[str, Any] = {"job_id": number, "job_name": name, "job_state": int(state)} | told
    return Group(JOB, tuple(_named(name, content) for name, content in said.items()))


def _named(name: str, content: Content | tuple[Content, ...]) -> Attribute:
    return attribute(name.replace("_", "-"), *(content if isinstance(content, tuple) else (content,)))


class Puppet:
    """Answers with what `printer` and `jobs` are now. A job that is sent becomes `taken`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.printer = printer_group()
        self.jobs: dict[int, JobState] = {}
        self.name = "job-1"
        self.taken = JobState.COMPLETED
        self.asked: list[int] = []
        self.status: dict[int, int] = {}
        """Operation → the status it is refused with."""

    def respond(self, body: bytes) -> bytes:
        """See Counter."""
        request = decode(body)
        with self.lock:
            self.asked.append(request.code)
            status = self.status.get(request.code, 0)
            groups = () if status else self._groups(request)
        return encode(Message(status, request.request_id, (Group(OPERATION, ()), *groups)))

    def _groups(self, request: Message) -> tuple[Group, ...]:
        asked = request.group(OPERATION)
        match request.code:
            case Operation.GET_PRINTER_ATTRIBUTES:
                return (self.printer,)
            case Operation.PRINT_JOB:
                self.name = asked.word("job-name") or ""
                number = len(self.jobs) + 1
                self.jobs[number] = self.taken
                return (job_group(number, self.name, JobState.PENDING),)
            case Operation.GET_JOB_ATTRIBUTES:
                number = asked.number("job-id") or 0
                return (job_group(number, self.name, self.jobs[number]),) if number in self.jobs else ()
            case Operation.GET_JOBS:
                ended = asked.word("which-jobs") == "completed"
                return tuple(
                    job_group(number, self.name, state) for number, state in self.jobs.items() if state.final == ended
                )
            case _:
                # A sloppy one: it says yes to calling off what is through already.
                for number, state in self.jobs.items():
                    self.jobs[number] = state if state.final else JobState.CANCELED
                return ()


@contextmanager
def listening(respond: Callable[[bytes], bytes | None]) -> Iterator[str]:
    """The link of somebody who answers like this."""
    counter = Counter(0, respond, lambda _: False)
    counter.open()
    try:
        yield f"ipp://127.0.0.1:{counter.port}/ipp/print"
    finally:
        counter.close()
