"""What printer models can do, as data: the differences between them live here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

COLUMN_DOTS = 12
"""Font A is 12 dots wide, a Chinese character 24: two columns."""


LeftSlip = Literal["retract", "keep"]
"""What is done with a slip that nobody took: drawn back into the machine's own bin, or left where it is."""


@dataclass(frozen=True)
class Presenter:
    """How a kiosk printer hands a cut slip to the resident. Bytes are sent as they stand; empty is: cannot."""

    present: bytes = b""
    """Sent behind the cut, to push the slip to where a hand reaches it."""
    retract: bytes = b""
    eject: bytes = b""
    """Let the slip fall out to the resident."""
    timed_cut: bytes = b""
    """Cut and present in one, instead of `cut`; one more byte says after how many seconds the printer itself draws the
    slip back, 0: never."""
    mouth: Literal["full", "ejector"] = "full"
    """Which answer tells whether a slip is in the mouth: the full status or the ejector's byte."""


@dataclass(frozen=True)
class Profile:
    """One printer model. Dots are 1/8 mm (203 dpi); `cut` and `purge` are sent as they stand."""

    name: str
    paper_width_mm: int
    dots: int
    native_qr: bool = True
    four_byte_codes: bool = True
    """Whether GB18030 codes of four bytes print; without, a rare character becomes the geta mark 〓."""
    hanzi_wide: int = 0x04
    hanzi_high: int = 0x08
    """Bits of `FS !`; SPRT's POS76 family has them as 0x20 and 0x10."""
    cut: bytes = b"\x1d\x56\x42\x18"
    """Feed to the cutter and 3 mm more, cut leaving one point, so that the slip does not fall to the floor."""
    purge: bytes = b"\x10\x05\x02"
    """Real-time: forget everything received and not yet printed."""
    purge_answered: bool = False
    """Whether the printer says so when it has, and must be sent nothing before it did."""
    full_status: bool = False
    """Whether DLE EOT 20 is asked in place of DLE EOT 1 to 4: one question tells everything, and finer."""
    presenter: Presenter | None = None

    def cut_and_present(self, hold_s: int) -> bytes:
        """What ends every slip; `hold_s`: see Presenter.timed_cut."""
        if self.presenter is None:
            return self.cut
        if self.presenter.timed_cut:
            return self.presenter.timed_cut + bytes([hold_s])
        return self.cut + self.presenter.present

    @property
    def columns(self) -> int:
        """Characters of font A in a line."""
        return self.dots // COLUMN_DOTS


_GENERIC_80 = Profile("generic-80", 80, 576)
_GENERIC_58 = Profile("generic-58", 58, 384)
# Their cutter cuts through; a slip is held by the presenter, not by a point of paper.
_CUSTOM_80 = Profile("custom-80", 80, 576, cut=b"\x1b\x69", full_status=True)

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            _GENERIC_80,
            _GENERIC_58,
            replace(_GENERIC_80, name="raster-qr-80", native_qr=False),
            replace(_GENERIC_58, name="raster-qr-58", native_qr=False),
            replace(_GENERIC_80, name="sprt-80", hanzi_wide=0x20, hanzi_high=0x10),
            # Epson's DLE ENQ 2 works only after an error of the cutter; DLE DC4 8 always (TM-T90 specification p. 81).
            replace(
                _GENERIC_80, name="epson-80", purge=b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", purge_answered=True
            ),
            replace(_GENERIC_58, name="gbk-58", four_byte_codes=False, native_qr=False),
            # Custom's kiosk printers. GS e has other meanings and other steps elsewhere (TPTCM112): it is theirs alone.
            replace(
                _CUSTOM_80,
                name="vkp80ii",
                presenter=Presenter(eject=b"\x1d\x65\x05", retract=b"\x1d\x65\x02"),
            ),
            replace(
                _CUSTOM_80,
                name="vkp80iii",
                # 4 steps of 5 mm, lamp blinking, retract.
                presenter=Presenter(timed_cut=b"\x1c\x50\x04\x01\x52"),
            ),
            replace(
                _CUSTOM_80,
                name="kpm",
                # 64 steps of 0.625 mm.
                presenter=Presenter(
                    present=b"\x1d\x65\x03\x40",
                    eject=b"\x1d\x65\x05",
                    retract=b"\x1d\x65\x02",
                    mouth="ejector",
                ),
            ),
        )
    }
)
"""`generic` is what most Chinese 58/80 mm mechanisms do; the others differ from it in what their name says."""


def profile_for(paper_width_mm: int, name: str | None = None) -> Profile:
    """The profile called `name`, or the generic one of that paper; ValueError lists what there is."""
    wanted = name or f"generic-{paper_width_mm}"
    profile = PROFILES.get(wanted)
    if profile is None:
        raise ValueError(f"no printer profile {wanted!r}; there are {', '.join(sorted(PROFILES))}")
    if profile.paper_width_mm != paper_width_mm:
        raise ValueError(f"profile {wanted!r} is for {profile.paper_width_mm} mm paper, not {paper_width_mm}")
    return profile
