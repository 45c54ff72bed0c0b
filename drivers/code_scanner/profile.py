"""What scanner models can do, as data: the differences between them live here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Profile:
    """One scanner model on a serial line. `trigger_on` and `trigger_off` are sent as they stand."""

    name: str
    title: str
    needs_suffix: bool = False
    """Whether every code surely ends with CR, LF or CRLF; then a code that stops without one is half a code."""
    gap_s: float = 0.05
    """How long the line must be still before nothing more of a code is waited for."""
    trigger_on: bytes = b""
    trigger_off: bytes = b""
    zones: bool = False
    """Whether it is set up by the GM65 family's frames, which it answers."""

    @property
    def can_trigger(self) -> bool:
        """Whether the terminal can switch its search on and off."""
        return self.zones or bool(self.trigger_on)


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile("generic", "任何串口扫码器"),
            Profile("generic-suffix", "必带回车后缀的串口扫码器", needs_suffix=True, gap_s=0.5),
            Profile("gm65", "GM65、GM805、GM812 模组", zones=True),
            Profile("honeywell", "Honeywell 及兼容，手动触发", trigger_on=b"\x16T\r", trigger_off=b"\x16U\r"),
        )
    }
)
"""`generic` only listens; the others differ from it in what their title says."""
