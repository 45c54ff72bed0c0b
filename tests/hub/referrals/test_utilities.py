"""用能报装 over real HTTP: one form, three utilities with a state of their own, one combined progress."""

from __future__ import annotations

from tests.hub.referrals.counter import Counter
from tests.hub.running import LINE
from tests.hub.stores import both_stores

THEME = ("utilities", "cn.zhizhu.utilities.applied.v1")
FORM = {"house": "440981000123", "premises": "home", "phone": "13800000001"}


@both_stores
def test_one_form_goes_to_water_power_and_gas_and_each_answers_for_itself(counter: Counter, url: str) -> None:
    counter.behave("demo-gas", "silent")
    claimed = counter.file(*THEME, dict(FORM))
    seen = counter.seen(claimed)
    assert [part.name for part in seen.parts] == ["用水报装", "用电报装", "用气报装"]
    assert {part.state for part in seen.parts} == {"waiting"}
    counter.rounds()
    seen = counter.seen(claimed)
    assert [part.state for part in seen.parts] == ["approved", "approved", "waiting"]
    assert seen.state == "waiting"
    assert "2" in seen.reasons[0].text
    assert any("示例燃气公司（演示）还没有回音" in reason.text for reason in seen.reasons)
    phone = LINE.get(f"{url}/verify/{claimed.code}").text
    assert phone.count("已通过") == 2
    counter.behave("demo-gas", "well")
    counter.rounds(4, 4_000)
    seen = counter.seen(claimed)
    assert seen.state == "approved"
    assert seen.result is not None
    assert len([row for row in seen.result.rows if row.label.endswith("户号")]) == 3


def test_a_house_without_gas_asks_nobody_for_gas(counter: Counter) -> None:
    claimed = counter.file(*THEME, dict(FORM), parts=["water-connection", "power-connection"])
    counter.rounds()
    seen = counter.seen(claimed)
    assert [(part.name, part.state) for part in seen.parts] == [("用水报装", "approved"), ("用电报装", "approved")]
    assert seen.state == "approved"
    assert seen.result is not None
    assert not [row for row in seen.result.rows if "燃气" in row.label]


def test_a_single_utility_is_asked_for_alone_and_told_only_what_its_item_names(counter: Counter) -> None:
    claimed = counter.file("water-connection", "cn.zhizhu.water_connection.applied.v1", dict(FORM))
    counter.rounds()
    seen = counter.seen(claimed)
    assert seen.state == "approved"
    assert seen.result is not None
    assert seen.result.rows[0].label == "户号"
