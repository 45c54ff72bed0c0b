"""The questions that follow a way of delivery, by name: where to post it, where to collect it; pure."""

from __future__ import annotations

from typing import Final

WAY: Final = "delivery"
"""Under which name these questions ask for the way that was chosen."""
HALL: Final = "delivery.hall"
TO: Final = "delivery.to"
VILLAGE: Final = "delivery.village"
HOUSE: Final = "delivery.house"
PHONE: Final = "delivery.phone"
HOME: Final = "home"
"""To the address that the hub knows."""
OTHER: Final = "other"
"""To a village that is picked, and a house number."""
ADDRESS: Final = "address"
"""What the hub tells of where she lives."""
