"""A theme is its items: one guide, one form, each field and paper asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.catalogue import Catalogue
from seeds.themes import Themes
from seeds.themes.themes import misfit
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


def test_what_cannot_be_asked_once_for_all_is_no_theme() -> None:
    household, _, card = Themes.load(CATALOGUE).parts("newborn")
    assert misfit((household, card)) == ""
    certificate = card.form[0].model_copy(update={"json_schema": {"type": "string", "pattern": "^[0-9]{7}$"}})
    assert "birth_certificate_no" in misfit((household, card.model_copy(update={"form": (certificate,)})))
    assert "认证方式" in misfit((household, card.model_copy(update={"identity": ("typed_witnessed",)})))
    sometimes = card.form[0].model_copy(update={"when": {"other": "yes"}})
    assert "birth_certificate_no" in misfit((household, card.model_copy(update={"form": (sometimes,)})))
    many = [card.documents[0].model_copy(update={"id": f"paper_{n}"}) for n in range(13)]
    assert "12" in misfit((household, card.model_copy(update={"documents": tuple(many)})))
    other = card.documents[0].model_copy(update={"words": card.words})
    assert "birth_certificate" in misfit((household, card.model_copy(update={"documents": (other,)})))


def test_a_packed_catalogue_brings_its_themes_along(tmp_path: Path) -> None:
    themes = Themes.load(CATALOGUE)
    parts = {item_id for theme in themes for item_id in theme.items}
    needed = Catalogue(tuple(item for item in CATALOGUE.items if item.id in parts))
    needed.pack(tmp_path / "pack", themes=themes)
    packed = Themes.of_pack(Catalogue.load_packed(tmp_path / "pack"))
    assert list(packed) == list(themes)
    assert [item.id for item in packed.parts("newborn")] == list(themes.by_id["newborn"].items)
    assert [theme.id for theme in packed.for_region("440981102999")] == ["new-house", "newborn", "utilities"]
    assert packed.for_region("110101") == ()


def test_a_theme_over_an_item_that_is_not_there_is_an_error_with_its_line(tmp_path: Path) -> None:
    text = Path("seeds/themes/newborn.yaml").read_text(encoding="utf-8")
    (tmp_path / "newborn.yaml").write_text(text.replace("newborn-household", "no-such-item"), encoding="utf-8")
    with pytest.raises(FileTrouble, match="no-such-item"):
        Themes.load(CATALOGUE, tmp_path)
