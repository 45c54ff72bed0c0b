"""The house's sentences as tests take them: they stay as they are, so each process of a run reads them once."""

from __future__ import annotations

from typing import Final

from seeds.texts import Texts

WORDS: Final = Texts.load()
