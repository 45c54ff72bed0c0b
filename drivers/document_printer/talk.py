"""Asking one printer, or one queue: what it is, what it has, and what became of a job."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.document_printer.message import JOB, Group, Message
from drivers.document_printer.operations import (
    Job,
    Operation,
    Standing,
    ask_job,
    ask_jobs,
    ask_printer,
    cancel_job,
    job_of,
    jobs_of,
    ok,
    print_job,
    standing_of,
)
from drivers.document_printer.port import Document
from drivers.document_printer.post import Post, PostFailed


class Answered(PostFailed):
    """The printer answered that it cannot or will not; `code` is the IPP status."""

    def __init__(self, code: int) -> None:
        super().__init__(f"IPP status {code:#06x}")
        self.code = code


@dataclass(frozen=True)
class Talk:
    """The talk with one printer or queue. Every method raises PostFailed where no good answer comes."""

    post: Post

    def standing(self) -> Standing:
        """What it says of itself now."""
        return standing_of(self._ask(ask_printer(self._uri)))

    def submit(self, job: str, document: Document, within_s: float) -> Job:
        """Hand the document over; what comes back is the job the printer made of it."""
        answer = self._ask(print_job(self._uri, job, document), document.pdf, within_s)
        made = job_of(answer.group(JOB))
        if made is None:
            raise Answered(answer.code)
        return made

    def named(self, job: str, *, ended: bool = True) -> tuple[Job, ...]:
        """All jobs of this name, those still to come first; `ended` tells whether the others are looked for too."""
        return tuple(
            each
            for which in (("not-completed", "completed") if ended else ("not-completed",))
            for each in jobs_of(self._ask(ask_jobs(self._uri, which)))
            if each.name == job
        )

    def job(self, number: int) -> Job | None:
        """One job; None where the printer does not know it (any more)."""
        try:
            return job_of(self._ask(ask_job(self._uri, number)).group(JOB))
        except Answered as refusal:
            if refusal.code == _NOT_FOUND:
                return None
            raise

    def cancel(self, number: int) -> bool:
        """Whether the printer took the job back; it says no where the job is through already."""
        try:
            self._ask(cancel_job(self._uri, number))
        except Answered:
            return False
        return True

    @property
    def _uri(self) -> str:
        return self.post.address.uri

    def _ask(
        self, request: tuple[Operation, tuple[Group, ...]], document: bytes = b"", within_s: float | None = None
    ) -> Message:
        answer = self.post.ask(request, document, within_s=within_s)
        if not ok(answer):
            raise Answered(answer.code)
        return answer


_NOT_FOUND = 0x0406
"""client-error-not-found."""
