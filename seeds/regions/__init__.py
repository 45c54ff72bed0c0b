"""Administrative divisions by code, as a tree that knows that 东莞 and 中山 have no county level."""

from seeds.regions.regions import Region, Regions, UnknownRegion

__all__ = ["Region", "Regions", "UnknownRegion"]
