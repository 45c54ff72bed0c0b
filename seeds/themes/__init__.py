"""Themes (一件事): items that belong together, one form, one submission."""

from seeds.themes.themes import Theme, Themes

__all__ = ["Theme", "Themes"]
