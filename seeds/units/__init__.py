"""The units that handle cases: one of each kind for every division of its level."""

from seeds.units.units import Unit, Units

__all__ = ["Unit", "Units"]
