"""Test seals (测试章) of invented bodies, as data; a real seal comes from a real maker and never from here."""

from seeds.seals.seals import SealSpec, SealSpecs

__all__ = ["SealSpec", "SealSpecs"]
