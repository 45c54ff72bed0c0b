"""Settings: precedence, and one sentence for everything that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.settings import SETTINGS, Settings, settings_schema, settings_table
from kiosk.trouble import SettingsTrouble

GOOD = """
[terminal]
name = "示例村终端"
region = "440981102999"
state_dir = "state"
[hub]
url = "http://127.0.0.1:8440"
[idle]
warning_s = 90
[devices.id_card]
driver = "sam"
link = "/dev/pts/7"
[devices.receipt_printer]
link = "/dev/pts/8"
paper_width_mm = 58
[hub.enrolment]
key = "abc"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "terminal.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_outweighs_the_default_and_the_command_line_outweighs_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    settings = Settings.load(path, ["idle.countdown_s=20", "idle.warning_s=120"])
    assert settings.number("idle.warning_s") == 120
    assert settings.number("idle.countdown_s") == 20
    assert settings.whole("face.tries") == 3
    assert settings.text("hub.enrolment.key") == "abc"
    assert settings.state_dir == tmp_path / "state"
    assert settings.devices["receipt_printer"].options == {"paper_width_mm": 58}
    assert settings.devices["id_card"].kind == "id_card"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[idle]\nwarnings_s = 5", "是不是想写 idle.warning_s"),
        ("[idle]\nwarning_s = 'x'", "应是数字"),
        ("[idle]\nwarning_s = true", "应是数字"),
        ("[idle]\nwarning_s = nan", "超出范围"),
        ("[idle]\nwarning_s = 1", "超出范围"),
        ("[terminal]\nlanguage = 'fr'", "可以是"),
        ("[devices.id_cart]\nlink = 'x'", "是不是想写 id_card"),
        ("[devices.id_card]\ndriver = 'sam'", "缺少 link"),
        ("name = 1", "没有“name”"),
        ("[terminal", "写法有误"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsTrouble) as trouble:
        Settings.load(written(tmp_path, text))
    assert says in str(trouble.value)
    assert "terminal.toml" in str(trouble.value)


@pytest.mark.parametrize("override", ["idle.warning_s", "idle.warning_s=x", "nothing=1", "devices.id_card.link=x"])
def test_what_is_wrong_on_the_command_line_is_said(tmp_path: Path, override: str) -> None:
    with pytest.raises(SettingsTrouble, match="--set"):
        Settings.load(written(tmp_path, GOOD), [override])


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsTrouble, match="没有配置文件"):
        Settings.load(tmp_path / "terminal.toml")


def test_every_setting_stands_in_the_table_and_the_schema() -> None:
    table, schema = settings_table(), settings_schema()
    assert isinstance(schema["properties"], dict)
    assert len({each.key for each in SETTINGS}) == len(SETTINGS)
    for each in SETTINGS:
        assert f"`{each.key}`" in table
        assert each.key in schema["properties"]


def test_no_device_can_be_changed_from_afar() -> None:
    assert not any(each.remote for each in SETTINGS if each.key.startswith(("devices.", "hub.url")))
