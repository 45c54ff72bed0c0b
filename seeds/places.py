"""Where the data of this room lies: beside the code, so that an installed copy finds its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SEEDS: Final = Path(__file__).resolve().parent
CATALOGUE: Final = SEEDS / "catalogue"
TEXTS: Final = SEEDS / "texts"
PEOPLE: Final = SEEDS / "people"
REGIONS: Final = SEEDS / "regions"
SOURCES: Final = SEEDS / "sources"
CERTIFICATES: Final = SEEDS / "certificates"
SEALS: Final = SEEDS / "seals"
VOUCHERS: Final = SEEDS / "vouchers"
CALENDAR: Final = SEEDS / "calendar"
UNITS: Final = SEEDS / "units"
THEMES: Final = SEEDS / "themes"
RATINGS: Final = SEEDS / "ratings"
ORGANISATIONS: Final = SEEDS / "organisations"
DATA_SOURCES: Final = SEEDS / "data_sources"
PROJECTS: Final = SEEDS / "projects"
