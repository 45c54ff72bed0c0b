"""The documents all this stems from, and which of their rows became which item and test."""

from seeds.sources.sources import Source, Sources, Trace

__all__ = ["Source", "Sources", "Trace"]
