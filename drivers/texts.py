"""What a health says, for the command line: the texts of `seeds/texts`, read as the data they are.

This room imports no other. The one id still gives the one text on the screen, on the slip, on the console and here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import yaml

_FOLDER: Final = Path(__file__).resolve().parents[1] / "seeds" / "texts"
_LANGUAGE: Final = "zh-Hans"


def text(text_id: str) -> str:
    """The Chinese text with this id; the id itself where the installation lacks its texts."""
    return _texts().get(text_id, text_id)


@cache
def _texts() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path in sorted(_FOLDER.glob("drivers_*.yaml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        found |= {text_id: forms[_LANGUAGE] for text_id, forms in entries.items()}
    return found
