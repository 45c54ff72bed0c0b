"""A theme is its items: one guide, one form, each field and paper asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.catalogue import Catalogue
from seeds.themes import Themes
from seeds.trouble import FileTrouble

CATALOGUE = Catalogue.load()


def test_the_form_of_a_theme_asks_each_thing_once_though_every_item_needs_it() -> None:
    themes = Themes.load(CATALOGUE)
    parts = themes.parts("newborn")
    assert [item.department for item in parts] == ["公安", "医疗保障", "人力资源和社会保障部门"]
    assert sum(len(item.form) for item in parts) == 4
    assert [field.name for field in themes.form("newborn")] == ["birth_certificate_no", "household_with"]
    assert [paper.id for paper in themes.documents("newborn")] == ["birth_certificate"]
    assert len(themes.guide("newborn")) == 3


def test_a_theme_over_an_item_that_is_not_there_is_an_error_with_its_line(tmp_path: Path) -> None:
    text = Path("seeds/themes/newborn.yaml").read_text(encoding="utf-8")
    (tmp_path / "newborn.yaml").write_text(text.replace("newborn-household", "no-such-item"), encoding="utf-8")
    with pytest.raises(FileTrouble, match="no-such-item"):
        Themes.load(CATALOGUE, tmp_path)
