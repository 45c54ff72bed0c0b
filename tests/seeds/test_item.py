"""The model of an item and the one item there is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from seeds.catalogue import Catalogue
from seeds.catalogue.files import read_items
from seeds.item import Item
from seeds.places import CATALOGUE

PENSION = CATALOGUE / "human_resources" / "pension_qualification.yaml"


@pytest.fixture(scope="module")
def item() -> Item:
    return Catalogue.load().item("pension-qualification")


def test_the_pension_check_is_what_the_contract_of_the_rooms_says(item: Item) -> None:
    assert item.name == "养老待遇资格认证"
    assert item.big
    assert item.steps == ("consent", "identity", "confirm")
    assert item.identity == ("card_face", "card_witnessed", "card_later_check", "typed_witnessed")
    assert item.event_type == "cn.zhizhu.pension_qualification.applied.v1"
    assert item.validity_months == 12
    assert item.offline == "kept"
    assert item.fee_fen == 0
    assert item.department == "人力资源和社会保障部门"
    assert {ref.id for ref in item.source} == {"domain-facts", "invented"}


def test_it_never_refuses_by_itself(item: Item) -> None:
    assert {check.otherwise for check in item.decision.checks} == {"manual"}


def test_every_device_it_can_do_without_says_how(item: Item) -> None:
    assert all(need.fallback for need in item.devices if need.need == "helpful")


@pytest.mark.parametrize(
    ("done", "due"),
    [(date(2026, 11, 23), "2027-11"), (date(2026, 12, 31), "2027-12"), (date(2027, 1, 1), "2028-01")],
)
def test_the_next_month_is_counted_from_the_month_it_was_done(item: Item, done: date, due: str) -> None:
    assert item.next_due(done) == due
    assert item.model_copy(update={"validity_months": None}).next_due(done) is None


def test_an_item_cannot_be_changed(item: Item) -> None:
    with pytest.raises(ValidationError):
        item.fee_fen = 1


def test_regions_stand_for_everything_below(item: Item) -> None:
    catalogue = Catalogue((item,))
    assert catalogue.for_region("440981102999") == (item,)
    assert catalogue.for_region("110101001001") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fee_fen: 0", "fee_fen: 100", "pay"),
        ("fee_fen: 0", "fee_fen: 一元", "整数"),
        ("fee_fen: 0", "fee: 0", "不认识“fee”"),
        ("mode: kept", "mode: sometimes", "needs_hub"),
        ("steps: [consent, identity, confirm]", "steps: [consent, identity, form, confirm]", "表单"),
        ("as_of: 2026-11-22", "as_of: 昨天", "日期"),
        ("big: true", "big: true\nid: other", "文件名"),
        ("type: month", "type: moon", "month"),
        ("path: person.alive, type: bool", "path: person, type: text", "另一个里面"),
        ("path: person.died_on", "path: person.alive", "重复"),
        ("type: date, fresh_days: 45", "type: text, fresh_days: 45", "fresh_days"),
    ],
)
def test_a_wrong_value_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = PENSION.read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "human_resources").mkdir()
    for name in ("defaults.yaml", "human_resources/department.yaml"):
        (tmp_path / name).write_text((CATALOGUE / name).read_text(encoding="utf-8"), encoding="utf-8")
    changed = text.replace(old, new)
    (tmp_path / "human_resources" / PENSION.name).write_text(changed, encoding="utf-8")
    (file,) = read_items(tmp_path)
    assert file.item is None
    assert any(said in trouble.sentence for trouble in file.troubles), [str(t) for t in file.troubles]
