"""The driver for PC/SC readers: commands are made and answers judged here, the reader is held by a child process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Final

from drivers.child import Child, ChildGone, Hear
from drivers.diagnosis import Chart, utc_now
from drivers.health import Health, State
from drivers.social_card import apdu
from drivers.social_card.diagnosis import READER, READY, UNTRIED
from drivers.social_card.pcsc_wire import BODY_BYTES_MAX, HEAD, ORDER_LETTERS, TAGS, Order
from drivers.social_card.port import ReadFault, SocialCard
from drivers.social_card.record import ITEMS, NAME_MORE, BadRecord, Item, is_full, parse
from drivers.trouble import DeviceTrouble, WrongState

ANSWER_S: Final = 4.0
"""A card may take its time (ISO/IEC 7816-3 lets it ask for more), but not a resident's."""
ROUNDS_MAX: Final = 8
"""Announced lengths and corrected ones for one command; a card that asks for more is not well."""
RECORD_BYTES_MAX: Final = 512
_THIRD: Final = "3"


class _Failed(Exception):
    """Reading has ended: `name` of diagnosis.py, and the card's status where it gave one."""

    def __init__(self, name: str, sw: int | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.sw = sw


class PcscSocialCardReader:
    """A SocialCardReader behind `pcsc://0` or `pcsc://READER%20NAME`. Not for several threads at once.

    Reads the basic files, which cards of the first and second generation show to anybody. There is no PSAM: of a card
    of the third generation only what it shows freely is read, and the health says so where that is nothing.
    """

    def __init__(
        self,
        link: str,
        *,
        answer_s: float = ANSWER_S,
        child_command: tuple[str, ...] = (sys.executable, "-m", "drivers.social_card.child"),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`answer_s` bounds each single call into PC/SC; a child that overstays it is replaced."""
        scheme, separator, rest = link.partition("://")
        if scheme != "pcsc" or not separator or not rest:
            raise DeviceTrouble(
                "social_card.link",
                f"看不懂社保卡读卡器的链接“{link}”。",
                "请写成 pcsc://0 或 pcsc://读卡器名（空格写作 %20）。",
            )
        self._child = Child((*child_command, link), HEAD.size)
        self._answer_s = answer_s
        self._chart = Chart(READER, now, UNTRIED)
        self._now = now
        self._is_open = False

    @property
    def replaced(self) -> int:
        """How many times the process that holds the reader had to be replaced."""
        return self._child.replaced

    def open(self) -> None:
        """See SocialCardReader.open."""
        self._is_open = True
        self._child.start()

    def close(self) -> None:
        """See SocialCardReader.close."""
        self._is_open = False
        self._child.kill()

    def find(self) -> bool:
        """See SocialCardReader.find."""
        self._must_be_open("find")
        try:
            self._order("look")
        except _Failed as failed:
            self._know(failed.name)
            return False
        self._know(READY)
        return True

    def read(self) -> SocialCard | ReadFault:
        """See SocialCardReader.read."""
        self._must_be_open("read")
        try:
            card = self._card()
        except _Failed as failed:
            return self._fault(failed)
        self._know(READY)
        return card

    def health(self) -> Health:
        """See SocialCardReader.health."""
        self._must_be_open("health")
        try:
            self._order("look")
        except _Failed as failed:
            return self._know(failed.name)
        return self._know(READY)

    def _card(self) -> SocialCard:
        self._order("connect")
        try:
            self._send(apdu.select_application())
            found: dict[str, str] = {}
            file = 0
            for item in ITEMS:
                if item.file != file:
                    self._send(apdu.select_file(item.file))
                    file = item.file
                found[item.field] = self._value(item, found)
        finally:
            self._let_go()
        return SocialCard(**found)

    def _value(self, item: Item, found: dict[str, str]) -> str:
        try:
            record = self._send(apdu.read_record(item.tag, item.record_bytes))
            value = parse(item, record)
            if item.field == NAME_MORE.field and is_full(item, record):
                value += self._rest_of_name()
        except _Failed as failed:
            if failed.name == "record_missing" and not item.needed:
                return ""
            if failed.name == "security" and found.get("version", "").startswith(_THIRD):
                raise _Failed("needs_psam", failed.sw) from failed
            raise
        except BadRecord as bad:
            raise _Failed("card_data", apdu.OK) from bad
        if item.needed and not value:
            raise _Failed("record_missing", apdu.OK)
        return value

    def _rest_of_name(self) -> str:
        try:
            return parse(NAME_MORE, self._send(apdu.read_record(NAME_MORE.tag, NAME_MORE.record_bytes)))
        except _Failed as failed:
            # A name of exactly thirty bytes has no rest.
            if failed.name in ("record_missing", "wrong_card"):
                return ""
            raise

    def _send(self, command: bytes) -> bytes:
        """The whole answer to one command, fetched and asked for again as the card wishes."""
        said = b""
        sent = command
        for _ in range(ROUNDS_MAX):
            try:
                response = apdu.parse(self._order("transmit", sent))
            except apdu.BadResponse as bad:
                raise _Failed("card_data") from bad
            said += response.data
            if len(said) > RECORD_BYTES_MAX:
                break
            if response.more is not None:
                sent = apdu.get_response(response.more)
            elif response.length is not None:
                sent = apdu.with_length(sent, response.length)
            elif response.sw == apdu.OK:
                return said
            else:
                raise _Failed(response.name, response.sw)
        raise _Failed("card_data")

    def _let_go(self) -> None:
        if not self._child.runs:
            return
        try:
            self._order("disconnect")
        except _Failed:
            # Whatever ended the reading has been told; a card that is gone needs no farewell.
            return

    def _order(self, order: Order, body: bytes = b"") -> bytes:
        question = HEAD.pack(ORDER_LETTERS[order], len(body)) + body
        try:
            name, answer = self._child.ask(question, _hear, self._answer_s)
        except ChildGone as gone:
            raise _Failed(gone.how) from gone
        if name != "done":
            raise _Failed(name)
        return answer

    def _fault(self, failed: _Failed) -> ReadFault:
        self._know(failed.name)
        health = READER.health(failed.name, self._now())
        return ReadFault(health.code, failed.sw, health)

    def _know(self, name: str) -> Health:
        """Remember how the reader is; what is wrong with a card says that the reader is well."""
        return self._chart.know(READY if READER.verdicts[name][0] is State.ready else name)

    def _must_be_open(self, call: str) -> None:
        if not self._is_open:
            raise WrongState(call, "closed")


def _hear(read: Hear) -> tuple[str, bytes]:
    letter, size = HEAD.unpack(read(HEAD.size))
    tag = TAGS.get(letter)
    if tag is None or size > BODY_BYTES_MAX:
        raise EOFError("the child speaks another language")
    return tag, read(size)
