"""A code scanner at the far end of a wire: on a serial line, with a GM65's or a Honeywell's ears, or as a keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal

from fastapi import APIRouter
from pydantic import Field

from drivers.code_scanner import event as events
from drivers.code_scanner import gm65, keymap
from drivers.code_scanner.code import CODE_BYTES_MAX
from drivers.code_scanner.keyboard_end import keyboard_end
from drivers.code_scanner.keys import REPEATS_MAX, press, strokes_of
from drivers.simulation import NotPossible, Situation, WireDevice
from drivers.simulation.control import Asked
from drivers.simulation.wire_end import WireEnd

SECOND: Final = "6901234567892"
"""The second code of a burst: a specimen article number."""
HALF_PAUSE_S: Final = 0.01
_HEARD_MAX: Final = 600
_NOISE: Final = bytes.fromhex("00FF13AA00")
_KEY_A: Final = 30
_LETTERS: Final = MappingProxyType({"utf-8": "utf-8", "gb18030": "gb18030"})


class CodeAsked(Asked):
    """A code held before the scanner, and what its bytes are made with."""

    text: str = Field(min_length=1, max_length=CODE_BYTES_MAX)
    encoding: Literal["utf-8", "gb18030"] = "utf-8"


class SimulatedCodeScanner(WireDevice):
    """One scanner; a code is shown to it by `show` or `POST /code`.

    Behind `pty` and `tcp:PORT` it talks bytes, behind `evdev` it types. A model that waits for its trigger reads what
    is shown only then.
    """

    kind: ClassVar[str] = "code_scanner"
    faults: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "halves": "一个码分两截送来",
            "burst": "两个码连在一起送来",
            "no_suffix": "码后面没有回车",
            "garbage": "线上有杂讯",
            "silent": "扫了没反应",
            "bad_crc": "设置命令在线上受损，模组不理",
            "stuck_key": "按键卡住",
        }
    )
    situations: ClassVar[Mapping[str, Situation]] = MappingProxyType(
        {
            "code in two halves": Situation("一个码分两截送来", ("halves",)),
            "two codes in one burst": Situation("两个码连着扫", ("burst",)),
            "no suffix": Situation("扫码器没有设回车后缀", ("no_suffix",)),
            "garbage on the line": Situation("连接线受干扰", ("garbage",)),
            "a scanner that says nothing": Situation("扫了没反应", ("silent",)),
            "GM65 ignores bad CRC": Situation("设置命令受损，模组不理", ("bad_crc",)),
            "a key that is stuck": Situation("按键卡住", ("stuck_key",)),
            "the plug falls out": Situation("插头松脱", ("unplugged",)),
        }
    )

    def __init__(self, *, model: Literal["gm65", "honeywell"] = "gm65", suffix: bytes = b"\r", seed: int = 0) -> None:
        """`suffix` ends each code on a serial line; a keyboard ends it with Return."""
        super().__init__(seed)
        self._model = model
        self._suffix = suffix
        self._types = False
        self._searching = False
        self._shown: bytes | None = None
        self._heard = bytearray()
        self._zones = bytearray(gm65.ZONES)
        self._saved = bytes(gm65.ZONES)
        self._saves = 0
        self._reads = 0

    def make_end(self, link: str) -> WireEnd:
        """See WireDevice.make_end; `evdev` is a keyboard."""
        self._types = link == "evdev"
        return keyboard_end(self.kind) if self._types else super().make_end(link)

    def show(self, text: str, encoding: str = "utf-8") -> None:
        """Hold a code before it; raises NotPossible for a text that a keyboard cannot type."""
        if encoding not in _LETTERS:
            raise NotPossible(f"a code is written in {' or '.join(_LETTERS)}")
        if self._types and not all(char in keymap.STROKES for char in text):
            raise NotPossible("a scanner in keyboard mode types ASCII only")
        with self.lock:
            self._shown = text.encode(encoding)
            if self._searching or not self._waits_for_its_trigger():
                self._read()

    def hear(self, data: bytes) -> None:
        """See WireDevice.hear."""
        self._heard += data
        if self._model == "honeywell":
            self._hear_trigger()
        else:
            self._hear_commands()
        del self._heard[:-_HEARD_MAX]

    def plug(self) -> None:
        """See SimulatedDevice.plug: what was not saved is gone with the current."""
        self._zones[:] = self._saved
        self._searching = False
        self._heard.clear()
        super().plug()

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state; never what was shown."""
        with self.lock:
            return {
                **super().state(),
                "model": self._model,
                "types": self._types,
                "searching": self._searching,
                "mode": self._zones[gm65.MODE] & gm65.MODE_BITS,
                "saves": self._saves,
                "reads": self._reads,
            }

    def routes(self, router: APIRouter) -> None:
        """See SimulatedDevice.routes."""

        @router.post("/code")
        def code(asked: CodeAsked) -> dict[str, Any]:
            """Hold a code before the scanner."""
            self.show(asked.text, asked.encoding)
            return self.state()

    def _waits_for_its_trigger(self) -> bool:
        if self._types:
            return False
        return self._model == "honeywell" or self._zones[gm65.MODE] & gm65.MODE_BITS == gm65.BY_COMMAND

    def _read(self) -> None:
        shown, self._shown = self._shown, None
        if shown is None:
            return
        self._searching = False
        self._reads += 1
        self.operation()
        if self.has("silent"):
            return
        if self.has("garbage"):
            self.say(_NOISE * (1 if self._types else 3) + (b"" if self._types else self._suffix))
        elif self.has("stuck_key") and self._types:
            held = press(_KEY_A, events.REPEAT) * (2 * REPEATS_MAX)
            self.say(strokes_of(shown.decode("ascii")) + press(_KEY_A, events.DOWN) + held)
        elif self.has("halves"):
            said = self._written(shown)
            # In the middle, on no border of an event or a character.
            half = len(said) // 2 + (5 if self._types else 0)
            self.say(said[:half])
            self.say_later(said[half:], HALF_PAUSE_S)
        elif self.has("burst"):
            self.say(self._written(shown) + self._written(SECOND.encode()))
        else:
            self.say(self._written(shown))

    def _written(self, code: bytes) -> bytes:
        if not self._types:
            return code if self.has("no_suffix") else code + self._suffix
        end = b"" if self.has("no_suffix") else press(28, events.DOWN) + press(28, events.UP)
        return strokes_of(code.decode("ascii")) + end

    def _hear_trigger(self) -> None:
        while (end := self._heard.find(b"\r")) >= 0:
            said = bytes(self._heard[: end + 1])
            del self._heard[: end + 1]
            if said.endswith(b"\x16T\r"):
                self._search()
            elif said.endswith(b"\x16U\r"):
                self._searching = False

    def _hear_commands(self) -> None:
        while (begin := self._heard.find(gm65.HEAD)) >= 0:
            del self._heard[:begin]
            size = gm65.command_bytes(bytes(self._heard[:4]))
            if size is None or len(self._heard) < size:
                return
            frame = bytes(self._heard[:size])
            try:
                command = gm65.parse_command(self._as_it_arrives(frame))
            except gm65.BadFrame:
                del self._heard[: len(gm65.HEAD)]
                continue
            del self._heard[:size]
            self._obey(command)

    def _as_it_arrives(self, frame: bytes) -> bytes:
        return frame[:-3] + bytes([frame[-3] ^ 0x40]) + frame[-2:] if self.has("bad_crc") else frame

    def _obey(self, command: gm65.Command) -> None:
        end = command.address + command.count
        if self.has("silent") or end > len(self._zones):
            return
        match command.kind:
            case "read":
                self.say(gm65.reply(bytes(self._zones[command.address : end])))
            case "save":
                self._saved = bytes(self._zones)
                self._saves += 1
                self.say(gm65.reply(b"\0"))
            case "write":
                self._zones[command.address : end] = command.data
                self.say(gm65.reply(b"\0"))
                if command.address <= gm65.TRIGGER < end:
                    self._be_triggered(bool(self._zones[gm65.TRIGGER] & 1))

    def _be_triggered(self, on: bool) -> None:
        # The module takes its own bit back when the search has ended.
        self._zones[gm65.TRIGGER] &= 0xFE
        if on:
            self._search()
        else:
            self._searching = False

    def _search(self) -> None:
        self._searching = True
        self._read()
