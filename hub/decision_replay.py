"""Decides a case again on what its rule was given then, and says whether the same comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy.orm import Session

from hub.decision_inputs import inputs_of
from hub.explanation import item_name
from hub.hub import Hub
from hub.moments import local_day
from hub.tables import Case, DecisionRecord
from offline.wire.trouble import WireTrouble
from seeds.decision import Decision, decide
from seeds.item import Item
from seeds.trouble import UnknownItem

Word = Literal["same", "different", "not_by_rule", "other_version", "undecided", "unreadable", "item_gone"]
WELL: Final = frozenset(("same", "not_by_rule"))
"""Nothing has to be looked into."""
_NAMES: Final = {"approve": "通过", "manual": "转人工", "refuse": "不通过"}
_READING: Final = frozenset(("missing", "malformed", "stale", "rule_error"))


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it; every line is Chinese, and none says who applied or what was read of them."""

    number: str
    item: str
    word: Word
    version: str = ""
    then: str = ""  # approve | manual | refuse
    now: str = ""
    lines: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether there is nothing to look into."""
        return self.word in WELL


def replay_decision(session: Session, hub: Hub, case: Case) -> Replayed:
    """Nothing is written: neither the case nor its record changes, whatever comes out."""
    record = session.get(DecisionRecord, case.id)
    name = item_name(hub, case.item)
    if record is None:
        return Replayed(case.number, name, "undecided", lines=("规则还没有作过决定。",))
    told = (case.number, name)
    then = record.outcome
    if not record.rule_version:
        why = "；".join(str(one["text"]) for one in record.reasons)
        return Replayed(*told, "not_by_rule", then=then, lines=(f"没有用到规则，是中枢自己判的：{why}",))
    try:
        item, inputs = hub.catalogue.item(case.item), inputs_of(hub, record)
    except UnknownItem:
        said = "事项目录里已经没有这个事项，没有规则可以重放。"
        return Replayed(*told, "item_gone", record.rule_version, then, lines=(said,))
    except WireTrouble:
        said = "当时的资料打不开：缺少中枢当时的密钥。"
        return Replayed(*told, "unreadable", record.rule_version, then, lines=(said,))
    again = decide(item, {"today": local_day(record.decided_at).isoformat(), **inputs})
    lines = tuple(_differences(record, again, inputs))
    beside = _beside(record, item)
    if record.rule_version != again.rule_version:
        changed = f"当时用规则第 {record.rule_version} 版，现在目录里是第 {again.rule_version} 版；按现在的规则："
        lines = (changed, *(lines or ("结果一样。",)))
        word: Word = "other_version"
    elif beside and then == "manual":
        # What a source refused or contradicted outweighs the rule: the replay shows what the rule alone says.
        lines = (f"当时还有规则以外的疑问，转给了人看：{'；'.join(beside)}", f"规则自己判：{_NAMES[again.outcome]}")
        word = "not_by_rule"
    else:
        word = "different" if lines else "same"
        lines = lines or ("结果和理由都一样。",)
    return Replayed(*told, word, record.rule_version, then, again.outcome, lines)


def _differences(record: DecisionRecord, again: Decision, inputs: Mapping[str, object]) -> Iterable[str]:
    if record.outcome != again.outcome:
        yield f"结果不同：当时 {_NAMES.get(record.outcome, record.outcome)}，重放 {_NAMES[again.outcome]}"
    then, now = _reasons(record), {one.code: one.text for one in again.reasons}
    yield from (f"当时有、重放没有的理由：{then[code]}（{code}）" for code in then if code not in now)
    yield from (f"重放多出来的理由：{now[code]}（{code}）" for code in now if code not in then)
    if _plain(again.inputs) != _plain(inputs):
        yield "规则现在要读的资料和当时记下的不一样"


def _beside(record: DecisionRecord, item: Item) -> list[str]:
    """Reasons that are not the rule's own."""
    own = {check.code for check in item.decision.checks} | _READING
    return [text for code, text in _reasons(record).items() if code not in own]


def _reasons(record: DecisionRecord) -> dict[str, str]:
    return {str(one["code"]): str(one["text"]) for one in record.reasons}


def _plain(inputs: Mapping[str, object]) -> set[str]:
    """The paths of what was read; the values are nobody's to print."""
    found: set[str] = set()
    waiting: list[tuple[str, object]] = [("", inputs)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [(f"{path}.{name}", inner) for name, inner in value.items()]
        else:
            found.add(path)
    return found
