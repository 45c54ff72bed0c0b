"""What a journey wants of a document printer, in its own words, and what it is told about the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from drivers.health import Health
from drivers.settlement import PrintResult

DOCUMENT_BYTES_MAX: Final = 32 * 1024 * 1024
"""More than any certificate or form; a larger file is a mistake."""

JOB_CHARS_MAX: Final = 120
"""A job's id travels as job-name; printers keep at least 127 octets of it (RFC 8011 §5.1.3)."""


@dataclass(frozen=True)
class Document:
    """One PDF to be printed on A4."""

    pdf: bytes
    sides: Literal["one", "two"] = "one"

    def __post_init__(self) -> None:
        if not self.pdf.startswith(b"%PDF-"):
            raise ValueError("a document begins with %PDF-")
        if len(self.pdf) > DOCUMENT_BYTES_MAX:
            raise ValueError(f"a document has at most {DOCUMENT_BYTES_MAX} bytes")
        if self.sides not in ("one", "two"):
            raise ValueError("a document is printed on one side or two")


@dataclass(frozen=True)
class Supply:
    """Toner, ink or a drum, as the printer names it; `percent` is None where it does not say how much is left."""

    name: str
    percent: int | None


@dataclass(frozen=True)
class Loaded:
    """What is in the printer: paper by its standard name (`iso_a4_210x297mm`), and supplies."""

    media: tuple[str, ...]
    supplies: tuple[Supply, ...]


class DocumentPrinter(Protocol):
    """A printer of documents. `open` and `close` may be repeated; every call ends within the driver's deadlines."""

    def open(self) -> None:
        """Take the link; raises DeviceTrouble where there is none."""

    def print(self, job: str, document: Document) -> PrintResult:
        """Print one document and wait for the printer's word on it; a job once printed is not printed again.

        The job's id, 1 to JOB_CHARS_MAX printable ASCII characters, must be like no other, also after a restart.
        """

    def cancel(self) -> None:
        """End the waiting of a `print` running in another thread: its job is purged and it tells how that ended."""

    def health(self) -> Health:
        """Ask the printer now."""

    def loaded(self) -> Loaded | Health:
        """What is in the printer, or why it cannot be asked."""

    def close(self) -> None:
        """Give the link back."""
