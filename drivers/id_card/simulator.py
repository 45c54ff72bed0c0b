"""A reader with a SAM module at the far end of a wire: real frames, and every way it can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from fastapi import APIRouter

from drivers.id_card import frame
from drivers.id_card import reply as replies
from drivers.id_card.frame import BadCheck, FrameFinder
from drivers.id_card.port import IdCard
from drivers.id_card.record import from_record
from drivers.simulation import Situation, WireDevice
from drivers.simulation.control import Asked

# IIN and serial number are zeros: clients in the field compare whole replies as a string.
_FOUND: Final = frame.reply((0, 0, replies.FOUND), bytes(replies.IIN_BYTES))
_SELECTED: Final = frame.reply((0, 0, replies.OK), bytes(replies.SERIAL_BYTES))
_WELL: Final = frame.reply((0, 0, replies.OK))
_GARBAGE: Final = bytes.fromhex("00FF13AAAAAA96690003AA55") * 3
_SELF_TEST_FAILED: Final = 0x60


NUMBER: Final = bytes.fromhex("05000300F5FD340187D61200B1CB7400")
"""An invented module: 05.03-20250101-0001234567-0007654321."""


def _status(sw3: int) -> bytes:
    return frame.reply((0, 0, sw3))


class SwitchAsked(Asked):
    """A switch, on or off."""

    on: bool


class SimulatedIdCardReader(WireDevice):
    """One reader; a card is laid on it by `lay` or `POST /card`, taken by `lift` or `DELETE /card`."""

    kind: ClassVar[str] = "id_card"
    faults: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "card_pulled": "读到一半抽走卡",
            "garbage": "线上有杂讯",
            "silent": "读卡器不应答",
            "auth_failed": "卡读不出来",
            "half_frame": "应答只到一半",
            "wrong_checksum": "校验码不对",
            "wrong_card": "不是身份证",
            "self_test_failed": "安全模块自检失败",
            "not_authorised": "安全模块未授权",
            "address_silent": "不回答新住址",
            "address_broken": "新住址读不出来",
            "deaf_to_baud": "不肯改波特率",
        }
    )
    situations: ClassVar[Mapping[str, Situation]] = MappingProxyType(
        {
            "card pulled early": Situation("卡还没读完就被拿走", ("card_pulled",)),
            "garbage on the line": Situation("连接线受干扰", ("garbage",)),
            "a reader that falls asleep": Situation("读过几次后不再应答", ("silent",), after=6),
            "a card of another kind": Situation("放了别的卡", ("wrong_card",)),
            "the plug falls out": Situation("插头松脱", ("unplugged",)),
        }
    )

    def __init__(
        self,
        *,
        once_until_lifted: bool = True,
        baud: int = 115200,
        line_bauds: Collection[int] = replies.BAUDS,
        tells_baud: bool = True,
    ) -> None:
        """`once_until_lifted`: after one read, find answers 80 until the card is lifted, as most modules do.

        `baud` is what the module speaks at first, `line_bauds` what its cable carries; one that `tells_baud` answers a
        change before it changes, another after, when nobody understands it.
        """
        super().__init__()
        self._baud = baud
        self._line_bauds = line_bauds
        self._tells_baud = tells_baud
        self._near = False
        self._rf_bytes: int | None = None
        self._once_until_lifted = once_until_lifted
        self._finder = FrameFinder()
        self._card: IdCard | None = None
        self._selected = False
        self._was_read = False
        self._reads = 0

    def lay(self, card: IdCard) -> None:
        """Lay this card, in place of one that lies there; raises BadText for values no card can carry."""
        replies.card_body_with_fingerprints(card)
        replies.newest_address_data(card.newest_address or "")
        with self.lock:
            self.lift()
            self._card = card

    def lift(self) -> None:
        """Take the card away; harmless where there is none."""
        with self.lock:
            self._card = None
            self._selected = self._was_read = self._near = False

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state. No name: a state may end in a log."""
        with self.lock:
            return {
                **super().state(),
                "card": None if self._card is None else self._card.layout,
                "was_read": self._was_read,
                "reads": self._reads,
                "baud": self._baud,
                "rf_bytes": self._rf_bytes,
                "once_until_lifted": self._once_until_lifted,
            }

    def routes(self, router: APIRouter) -> None:
        """See SimulatedDevice.routes."""

        @router.post("/card")
        def lay(record: dict[str, Any]) -> dict[str, Any]:
            """Lay the card with these fields, as `device read id-card --json` prints them."""
            self.lay(from_record(record))
            return self.state()

        @router.delete("/card")
        def lift() -> dict[str, Any]:
            """Take the card away."""
            self.lift()
            return self.state()

        @router.post("/once_until_lifted")
        def once_until_lifted(asked: SwitchAsked) -> dict[str, Any]:
            """Whether a card that was read is found again only after it was lifted."""
            self.find_once(asked.on)
            return self.state()

    def find_once(self, once_until_lifted: bool) -> None:
        """Set the switch of the constructor."""
        with self.lock:
            self._once_until_lifted = once_until_lifted

    def hear(self, data: bytes) -> None:
        """See WireDevice.hear."""
        if not self._understands():
            return
        for item in self._finder.feed(data):
            self.operation()
            answer = _status(0x10) if isinstance(item, BadCheck) else self._answer(item.content)
            self._say_under_fault(answer)

    def _understands(self) -> bool:
        """Whether the driver speaks at the module's rate, and the cable carries it."""
        return self.baud is None or (self.baud == self._baud and self.baud in self._line_bauds)

    def _say_under_fault(self, answer: bytes) -> None:
        if not answer:
            return
        match self.fault_now:
            case "silent":
                return
            case "garbage":
                self.say(_GARBAGE)
            case "half_frame":
                self.say(answer[: len(answer) // 2 + 2])
            case "wrong_checksum":
                self.say(answer[:-1] + bytes([answer[-1] ^ 0xFF]))
            case _:
                self.say(answer)

    def _answer(self, content: bytes) -> bytes:
        if self.fault_now == "self_test_failed":
            return _status(_SELF_TEST_FAILED)
        if len(content) < 2:
            return _status(0x11)
        match content[0], content[1]:
            case (0x10, 0xFF) | (0x11, 0xFF):
                return _status(0x66) if self.fault_now == "not_authorised" else _WELL
            case 0x12, 0xFF:
                return frame.reply((0, 0, replies.OK), NUMBER)
            case (0x60, _) if self.has("deaf_to_baud"):
                return _status(0x21)
            case 0x60, code if code < len(replies.BAUDS):
                self._baud = replies.BAUDS[code]
                return _WELL if self._tells_baud else b""
            case (0x61, 0xFF) if len(content) == 3 and content[2] in replies.RF_BYTES:
                self._rf_bytes = content[2]
                return _WELL
            case 0x20, 0x01:
                return self._find()
            case 0x20, 0x02:
                return self._select()
            case 0x30, 0x01:
                return self._read(replies.card_body)
            case 0x30, 0x10:
                return self._read(replies.card_body_with_fingerprints)
            case 0x30, 0x03:
                return self._newest_address()
            case _:
                return _status(0x21)

    def _find(self) -> bytes:
        self._selected = self._near = False
        if self._card is None or (self._was_read and self._once_until_lifted):
            return _status(replies.NO_CARD)
        return _FOUND

    def _select(self) -> bytes:
        if self._card is None:
            return _status(0x81)
        if self.fault_now == "wrong_card":
            return _status(0x40)
        self._selected = self._near = True
        return _SELECTED

    def _newest_address(self) -> bytes:
        """Told after a select, also after the read that followed it, while the card stays."""
        if self.has("address_silent"):
            return b""
        if self._card is None or not self._near or self.has("address_broken"):
            return _status(0x41)
        if not self._card.newest_address:
            return _status(replies.EMPTY)
        return frame.reply((0, 0, replies.OK), replies.newest_address_data(self._card.newest_address))

    def _read(self, body: Callable[[IdCard], bytes]) -> bytes:
        card, selected = self._card, self._selected
        self._selected = False
        if self.fault_now == "card_pulled":
            self.lift()
            return _status(0x41)
        if card is None or not selected:
            return _status(0x41)
        if self.fault_now == "auth_failed":
            return _status(0x32)
        if self.fault_now == "not_authorised":
            return _status(0x66)
        self._was_read = True
        self._reads += 1
        return frame.reply((0, 0, replies.OK), body(card))
