"""The sources that the data gateway knows, field by field with class and level, as data."""

from seeds.data_sources.contradictions import Contradiction
from seeds.data_sources.sources import DataField, DataSource, DataSources, Standing

__all__ = ["Contradiction", "DataField", "DataSource", "DataSources", "Standing"]
