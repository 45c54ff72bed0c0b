"""A social-security card for a virtual PC/SC reader: the other end of vpcd's port, behind a real pcscd.

Needs Debian's `pcscd` and `vsmartcard-vpcd`, running. Each message is a length of two bytes, big-endian, and a body:
one byte 0, 1, 2 for power off, on and reset, 4 asks for the ATR, anything longer is a command.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import quote

from fastapi import APIRouter

from drivers.simulation import SimulatedDevice, Situation
from drivers.social_card.chip import ATR, Chip
from drivers.social_card.port import SocialCard
from drivers.social_card.record import ITEMS, encode, from_record
from drivers.trouble import DeviceTrouble

VPCD_PORT: Final = 35963
"""Where vpcd waits for a card by default: its first slot."""
READER: Final = "Virtual PCD 00 00"
SLOW_S: Final = 0.15
HAND_S: Final = 1.0
"""No hand changes a card quicker, and pcscd, which looks every 0.4 s, does not notice one that is changed quicker."""
_CONNECT_S: Final = 5.0
_POWER: Final = frozenset({b"\0", b"\1", b"\2"})
_ATR: Final = b"\4"
_READS_BEFORE_PULLED: Final = 4
_READ_RECORD: Final = 0xB2


class SimulatedSocialCard(SimulatedDevice):
    """A card that is laid by `lay` or `POST /card` and taken by `lift` or `DELETE /card`. The reader is pcscd's."""

    kind: ClassVar[str] = "social_card"
    faults: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "pulled": "读到一半拔出卡",
            "wrong_application": "卡上没有社保应用",
            "record_missing": "卡上缺卡号",
            "security": "卡要求先认证",
            "garbage": "卡里的数据是坏的",
            "mute": "卡不回答",
            "slow": "卡很慢",
            "asks_again": "卡要求分次读取",
            "unplugged": "卡不在读卡器里",
        }
    )
    situations: ClassVar[Mapping[str, Situation]] = MappingProxyType(
        {
            "card pulled early": Situation("卡还没读完就被拔出", ("pulled",)),
            "a card of another kind": Situation("插了别的卡", ("wrong_application",)),
            "a card without its number": Situation("卡上缺卡号", ("record_missing",)),
            "a card that asks for authentication": Situation("卡要求先认证", ("security",)),
            "a card whose data are spoilt": Situation("卡里的数据是坏的", ("garbage",)),
            "a card that falls silent": Situation("卡不回答", ("mute",)),
            "a slow card": Situation("旧卡很慢", ("slow",)),
            "a card that answers in portions": Situation("卡要求分次读取", ("asks_again",)),
            "the card is gone": Situation("卡被拿走", ("unplugged",)),
        }
    )

    def __init__(self, *, reader: str = READER, seed: int = 0) -> None:
        """`reader` is what pcscd calls the slot."""
        super().__init__(seed)
        self._reader = reader
        self._port = VPCD_PORT
        self._card: SocialCard | None = None
        self._wire: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._asleep = threading.Event()
        self._reads = 0
        self._gone_at = float("-inf")
        self._pulled_in = _READS_BEFORE_PULLED
        self._fell_silent = False

    @property
    def link(self) -> str:
        """See SimulatedDevice.link."""
        return f"pcsc://{quote(self._reader)}"

    def start(self, link: str) -> None:
        """See SimulatedDevice.start; `vpcd:PORT` names vpcd's port, anything else takes its usual one."""
        scheme, _, port = link.partition(":")
        if scheme == "vpcd" and port.isdecimal() and 0 < int(port) < 65536:
            self._port = int(port)
        self._must_be_awaited()
        # Another card may have been there until now.
        self._gone_at = time.monotonic()

    def stop(self) -> None:
        """See SimulatedDevice.stop."""
        with self.lock:
            self._card = None
        self._take_out()

    def lay(self, card: SocialCard) -> None:
        """Put this card in, in place of one that is there; raises ValueError for values no card can carry."""
        for item in ITEMS:
            encode(item, getattr(card, item.field))
        self._take_out()
        with self.lock:
            self._card = card
            if not self.has("unplugged"):
                self._put_in(card)

    def lift(self) -> None:
        """Take the card out; harmless where there is none."""
        with self.lock:
            self._card = None
        self._take_out()

    def pull(self) -> None:
        """See SimulatedDevice.pull: a virtual reader cannot be unplugged, so the card goes."""
        self._disconnect()

    def plug(self) -> None:
        """See SimulatedDevice.plug."""
        if self._card is not None:
            self._put_in(self._card)

    def on_clear(self) -> None:
        """A card that was pulled or fell silent is put in anew."""
        if self._fell_silent or self._wire is None:
            self._disconnect()
            self.plug()

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state; nothing of what is on the card."""
        with self.lock:
            card = self._card
            return {
                **super().state(),
                "card": None if card is None else {"version": card.version},
                "in_reader": self._wire is not None,
                "reads": self._reads,
            }

    def routes(self, router: APIRouter) -> None:
        """See SimulatedDevice.routes."""

        @router.post("/card")
        def lay(record: dict[str, Any]) -> dict[str, Any]:
            """Put in the card with these fields, as `device read social-card --json` prints them."""
            self.lay(from_record(record))
            return self.state()

        @router.delete("/card")
        def lift() -> dict[str, Any]:
            """Take the card out."""
            self.lift()
            return self.state()

    def _must_be_awaited(self) -> None:
        """Whether vpcd listens is seen from its port being taken: a connection would be a card that comes and goes."""
        try:
            socket.create_server(("127.0.0.1", self._port)).close()
        except OSError:
            return
        raise DeviceTrouble(
            "simulate.vpcd",
            f"虚拟读卡器没有在 127.0.0.1:{self._port} 等卡。",
            "请安装 pcscd 和 vsmartcard-vpcd，并启动 pcscd。",
        )

    def _put_in(self, card: SocialCard) -> None:
        self._asleep.set()
        self._asleep = threading.Event()
        self._pulled_in = _READS_BEFORE_PULLED
        self._fell_silent = False
        self._thread = threading.Thread(
            target=self._live, args=(Chip(card, self.has), self._asleep), name="simulated social card", daemon=True
        )
        self._thread.start()

    def _live(self, chip: Chip, asleep: threading.Event) -> None:
        """A card's time in the reader: from the hand that puts it in until it is taken out."""
        asleep.wait(max(0.0, self._gone_at + HAND_S - time.monotonic()))
        with self.lock:
            if asleep.is_set():
                return
            try:
                wire = socket.create_connection(("127.0.0.1", self._port), timeout=_CONNECT_S)
            except OSError:
                # The service has ended meanwhile; `state` says that the card is in no reader.
                return
            wire.settimeout(None)
            self._wire = wire
        self._serve(wire, chip, asleep)

    def _disconnect(self) -> None:
        self._asleep.set()
        wire, self._wire = self._wire, None
        if wire is not None:
            self._gone_at = time.monotonic()
            try:
                wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The reader went first.
                pass
            wire.close()

    def _take_out(self) -> None:
        with self.lock:
            self._disconnect()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=5)

    def _serve(self, wire: socket.socket, chip: Chip, asleep: threading.Event) -> None:
        try:
            while (message := _received(wire)) is not None:
                if message in _POWER:
                    chip.reset()
                elif message == _ATR:
                    wire.sendall(_framed(ATR))
                elif not self._answered(wire, chip, message, asleep):
                    return
        except OSError:
            # The card was taken out, or the reader has ended.
            return

    def _answered(self, wire: socket.socket, chip: Chip, command: bytes, asleep: threading.Event) -> bool:
        """Whether the card goes on."""
        with self.lock:
            if command[1:3] == b"\xa4\x04":
                self.operation()
                self._reads += 1
            if self.has("pulled") and command[1:2] == bytes([_READ_RECORD]):
                self._pulled_in -= 1
                if self._pulled_in <= 0 and self._wire is wire:
                    self._disconnect()
                    return False
            mute = self._fell_silent = self.has("mute")
            late_s = self.delay_s + (SLOW_S if self.has("slow") else 0.0)
            answer = chip.answer(command)
        if mute:
            asleep.wait()
            return False
        if late_s:
            asleep.wait(late_s)
        wire.sendall(_framed(answer))
        return True


def _framed(body: bytes) -> bytes:
    return len(body).to_bytes(2, "big") + body


def _received(wire: socket.socket) -> bytes | None:
    head = _exactly(wire, 2)
    return None if head is None else _exactly(wire, int.from_bytes(head, "big"))


def _exactly(wire: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = wire.recv(size - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)
