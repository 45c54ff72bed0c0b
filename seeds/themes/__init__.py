"""Themes (一件事): items that belong together, one form, one submission."""

from seeds.theme import Theme
from seeds.themes.themes import Themes

__all__ = ["Theme", "Themes"]
