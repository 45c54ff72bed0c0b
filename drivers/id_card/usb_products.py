"""USB readers by vendor and product, as data: what each speaks, and so whether it can be opened here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Speaks = Literal["bulk", "control", "hid"]


@dataclass(frozen=True)
class UsbProduct:
    """One product. Only `bulk` is spoken here; the others are listed so that they are named and not tried."""

    vendor: int
    product: int
    title: str
    speaks: Speaks = "bulk"


PRODUCTS: Final[Mapping[tuple[int, int], UsbProduct]] = MappingProxyType(
    {
        (each.vendor, each.product): each
        for each in (
            # 0400:C35A is the number of the police module itself; several makers leave it as it is.
            UsbProduct(0x0400, 0xC35A, "SAM（神思 SS628(100)U 等）"),
            UsbProduct(0x261A, 0x0007, "神思 SS628(100)H"),
            UsbProduct(0x261A, 0x0011, "神思 SS628(100)X1"),
            UsbProduct(0x261A, 0x0012, "神思 SS728M-801"),
            UsbProduct(0x261A, 0x001C, "神思 SS628(100)Wm"),
            UsbProduct(0x261A, 0x000C, "神思 SS728M05", "control"),
            UsbProduct(0x10C4, 0x0007, "中正 MR-300", "hid"),
        )
    }
)
"""Vendor and product numbers: the makers' SDK documents. None of them has been seen by us."""
