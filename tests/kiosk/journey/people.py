"""Invented people and facts for the journey's tests; numbers use sequence parts that nobody has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kiosk.journey.item import ChoiceCard, DueItem, FieldCard, ItemCard, PaperCard
from kiosk.journey.people import Person
from kiosk.journey.session import Facts
from seeds.identifiers import id_number_check, mask_name, mask_number


def number_of(body: str) -> str:
    return body + id_number_check(body)


def person(name: str, body: str) -> Person:
    number = number_of(body)
    return Person(
        name=name,
        number=number,
        masked_name=mask_name(name),
        masked_number=mask_number(number),
        birth=number[6:14],
        photo=name.encode() * 16,
    )


LIN = person("林月兰", "44098119540312992")
WU = person("吴桂芳", "44098119790504994")
CHEN = person("陈过客", "44098119610101996")

PENSION = ItemCard(
    id="pension-qualification",
    name="养老待遇资格认证",
    summary="每年一次",
    department="人力资源和社会保障",
    version="1",
    event_type="cn.zhizhu.pension_qualification.applied.v1",
    big=True,
    guide=("带身份证",),
    identity=("card_face", "card_witnessed", "card_later_check", "typed_witnessed"),
)
QUERY = replace(PENSION, id="online-query", name="联网查询", big=False, needs_hub=True)
RECORD = replace(
    QUERY,
    id="insurance-record",
    name="社保缴费记录",
    needs_hub=False,
    identity=("card_face", "card_witnessed"),
    steps=("consent", "identity", "form", "confirm", "rating"),
    at_once=True,
    form=(
        FieldCard("span", "查几年", "choice", "要查几年？", choices=(ChoiceCard("1", "今年"), ChoiceCard("3", "三年"))),
    ),
)
ALLOWANCE = replace(
    RECORD,
    id="allowance",
    name="高龄津贴",
    steps=("consent", "identity", "whose", "form", "documents", "delivery", "confirm"),
    whose=("self", "family", "other"),
    form=(
        FieldCard("phone", "电话", "phone", "电话号码", prefill=("hub.phone",)),
        FieldCard("amount", "金额", "yuan", "多少钱", most=100_000),
        FieldCard("alone", "独居", "yes_no", "是不是一个人住"),
        FieldCard("since", "从哪天", "date", "从哪天起", when=(("alone", "True"),)),
        FieldCard("note", "备注号", "digits", "备注号", length=6, required=False),
    ),
    papers=(
        PaperCard("household_book", "户口本", replaced_by=("电子户口簿",), later_days=15),
        PaperCard("bank_book", "存折", later_days=15),
    ),
    delivery=("print", "post"),
    asks_hub=("phone", "household", "certificates"),
)
DUES = (DueItem(PENSION, "2026-12"),)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FACTS = Facts(now=NOW, items=(PENSION, QUERY, RECORD, ALLOWANCE), hub_near=False)
