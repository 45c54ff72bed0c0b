"""Which commands a simulated printer knows besides ESC/POS; written from the manuals, not from the driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Model:
    """One firmware. All false is a counter printer, whose slips hang where they were cut."""

    name: str
    ejector: bool = False
    """GS e 2, 3, 5 and 6: retract, push out, eject, tell of the ejector."""
    pushes_out: bool = False
    """Whether a cut slip stays inside until GS e 3 pushes it to where a hand reaches it."""
    present_cut: bool = False
    """FS P: cut, present, and eject or retract after a time."""
    full_status: bool = False
    tells_mouth: bool = False
    """Whether paper bit 5 of the full status is a slip in the mouth; it is reserved in some."""

    @property
    def presents(self) -> bool:
        """Whether there is a mouth that holds a slip."""
        return self.ejector or self.present_cut


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model("escpos"),
            Model("vkp80ii", ejector=True, full_status=True, tells_mouth=True),
            Model("vkp80iii", present_cut=True, full_status=True, tells_mouth=True),
            Model("kpm", ejector=True, pushes_out=True, full_status=True),
        )
    }
)
