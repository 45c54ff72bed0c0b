"""Printers that answer otherwise than the manuals say: still the truth, and always within the deadlines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from drivers.link import LinkLost
from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.memory import PrinterMemory
from drivers.settlement import CannotKnow, NotPrinted, Printed
from tests.drivers.receipt_printer.slips import KEPT

WELL = {b"\x10\x04\x01": b"\x12", b"\x10\x04\x02": b"\x12", b"\x10\x04\x03": b"\x12", b"\x10\x04\x04": b"\x12"}
QUEUED = b"\x1d\x72\x01"
PURGE = b"\x10\x05\x02"


@dataclass
class OddLink:
    """A link whose far end gives fixed answers: to writes that end in a question, the answer to it."""

    answers: Mapping[bytes, bytes]
    sent: list[bytes] = field(default_factory=list)
    after_job: dict[bytes, bytes] = field(default_factory=dict)
    _waiting: bytes = b""

    def read(self, limit: int, timeout_s: float) -> bytes:
        taken, self._waiting = self._waiting[:limit], self._waiting[limit:]
        return taken

    def write(self, data: bytes) -> None:
        self.sent.append(data)
        answers = dict(self.answers) | (self.after_job if self.jobs else {})
        self._waiting += next((answer for question, answer in answers.items() if data.endswith(question)), b"")

    def close(self) -> None:
        self._waiting = b""

    @property
    def jobs(self) -> int:
        return sum(data.startswith(b"\x1b\x40") for data in self.sent)


def opened(link: OddLink, memory: PrinterMemory | None = None) -> EscposPrinter:
    printer = EscposPrinter(
        "/dev/odd",
        answer_s=0.01,
        settle_s=0.05,
        look_s=0.005,
        quiet_s=0.01,
        connect=lambda _url: link,
        memory=memory,
    )
    printer.open()
    return printer


def test_a_printer_that_says_no_paper_behind_the_slip_cannot_be_known() -> None:
    printer = opened(OddLink(WELL | {QUEUED: b"\x00"}, after_job={QUEUED: b"\x0f"}))
    result = printer.print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.code == "receipt_printer.paper_end"


def test_a_fault_seen_after_the_last_byte_is_not_told_as_printed() -> None:
    link = OddLink(WELL | {QUEUED: b"\x00"}, after_job={b"\x10\x04\x03": b"\x1a"})
    result = opened(link).print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.code == "receipt_printer.cutter"


def test_a_printer_that_is_well_but_never_says_it_is_through_cannot_be_known_and_is_emptied() -> None:
    link = OddLink(WELL | {QUEUED: b"\x00"}, after_job={QUEUED: b""})
    result = opened(link).print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.code == "receipt_printer.not_settled"
    assert PURGE in link.sent[-5:]


def test_a_printer_that_knows_no_queued_status_is_given_nothing_to_print() -> None:
    link = OddLink(WELL)
    result = opened(link).print("job-1", KEPT)
    assert isinstance(result, NotPrinted)
    assert result.health.code == "receipt_printer.not_settled"
    assert link.jobs == 0


def test_a_printer_that_knows_only_two_of_the_four_questions_prints() -> None:
    two = {b"\x10\x04\x01": b"\x12", b"\x10\x04\x04": b"\x12", QUEUED: b"\x00"}
    assert opened(OddLink(two)).print("job-1", KEPT) == Printed()


def test_noise_before_each_answer_does_no_harm() -> None:
    noisy = {question: b"\xff\x11\xfe" + answer for question, answer in (WELL | {QUEUED: b"\x00"}).items()}
    assert opened(OddLink(noisy)).print("job-1", KEPT) == Printed()


def test_on_a_line_with_noise_one_answer_too_many_is_no_word_on_the_slip() -> None:
    result = opened(OddLink(WELL | {QUEUED: b"\x00"}, after_job={QUEUED: b"\xff\x00\x00"})).print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.code == "receipt_printer.not_settled"


@pytest.mark.parametrize("babble", [b"\x00" * 64, b"\x12" * 64, b"\xff" * 64, b"\x10" * 64])
def test_a_line_that_never_falls_quiet_ends_in_an_answer(babble: bytes) -> None:
    class Babble(OddLink):
        def read(self, limit: int, timeout_s: float) -> bytes:
            return babble[:limit]

    started = time.monotonic()
    printer = opened(Babble({}))
    printer.health()
    printer.print("job-1", KEPT)
    assert time.monotonic() - started < 5


def test_no_question_stands_inside_a_command() -> None:
    link = OddLink(WELL | {QUEUED: b"\x00"})
    opened(link).print("job-1", KEPT)
    first = next(n for n, data in enumerate(link.sent) if data.startswith(b"\x1b\x40"))
    bursts = [data for data in link.sent[first:] if not data.startswith(b"\x10")]
    assert len(bursts) > 1
    assert all(burst[0] in b"\x1b\x1c\x1d" or burst[0] >= 0x20 for burst in bursts)
    assert all(burst.endswith((b"\n", QUEUED)) or burst[-3:-1] == b"\x1b\x4a" for burst in bursts)


FULL = b"\x10\x04\x14"
CUSTOM_WELL = {FULL: bytes.fromhex("100f00000000"), QUEUED: b"\x00"}
GARBLED = bytes.fromhex("100f00000200")


def kiosk_printer(link: OddLink) -> EscposPrinter:
    printer = EscposPrinter(
        "/dev/odd",
        profile="vkp80iii",
        answer_s=0.01,
        settle_s=0.05,
        look_s=0.005,
        quiet_s=0.01,
        connect=lambda _url: link,
    )
    printer.open()
    return printer


def test_bytes_garbled_on_the_way_make_a_slip_that_nobody_vouches_for() -> None:
    result = kiosk_printer(OddLink(CUSTOM_WELL, after_job={FULL: GARBLED})).print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.code == "receipt_printer.garbled"


def test_a_sign_of_garbled_bytes_from_before_says_nothing_about_this_slip() -> None:
    assert kiosk_printer(OddLink(CUSTOM_WELL | {FULL: GARBLED})).print("job-1", KEPT) == Printed()


def test_a_kiosk_printer_that_is_silent_on_its_status_is_given_nothing_to_print() -> None:
    link = OddLink({QUEUED: b"\x00"})
    result = kiosk_printer(link).print("job-1", KEPT)
    assert isinstance(result, NotPrinted)
    assert link.jobs == 0


def test_a_job_cut_off_in_the_middle_is_not_known_and_not_sent_again() -> None:
    link = OddLink(WELL | {QUEUED: b"\x00"})
    memory = PrinterMemory()
    memory.underway = "job-1"
    printer = opened(link, memory)
    result = printer.print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.code == "receipt_printer.not_settled"
    assert link.jobs == 0
    assert printer.print("job-1", KEPT) == result
    assert printer.print("job-2", KEPT) == Printed()


def test_a_link_lost_while_the_past_is_settled_is_not_printed() -> None:
    class Lost(OddLink):
        def write(self, data: bytes) -> None:
            # The questions of `open` and of the health before the job are three looks; then the wire is pulled.
            if data == QUEUED and self.sent.count(QUEUED) == 1:
                raise LinkLost("link.lost", "断开了。", "请检查。")
            super().write(data)

    link = Lost(WELL)
    result = opened(link).print("job-1", KEPT)
    assert isinstance(result, NotPrinted)
    assert link.jobs == 0


def test_a_printer_that_falls_silent_after_its_word_cannot_be_known() -> None:
    class Silent(OddLink):
        def read(self, limit: int, timeout_s: float) -> bytes:
            data = super().read(limit, timeout_s)
            return b"" if self.jobs and self.sent[-1] != QUEUED and not self.sent[-1].endswith(QUEUED) else data

    result = opened(Silent(WELL | {QUEUED: b"\x00"})).print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.code == "receipt_printer.silent"


def test_a_stop_that_the_printer_reported_of_itself_cannot_be_known() -> None:
    told_of_itself = b"\x38\x00\x00\x0f" + b"\x10\x00\x00\x0f"
    link = OddLink(WELL | {QUEUED: b"\x00"}, after_job={QUEUED: told_of_itself + b"\x00"})
    result = opened(link).print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.code == "receipt_printer.not_settled"
