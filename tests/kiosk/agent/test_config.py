"""Wrong settings give one sentence and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.agent.commands import agent
from kiosk.agent.config import AgentConfig
from kiosk.trouble import SettingsTrouble
from tests.offline.ground import REGION

GOOD = f'[terminal]\nname = "示例"\nregion = "{REGION}"\nstate_dir = "state"\n[hub]\nurl = "http://127.0.0.1:1"\n'


def test_settings_come_from_the_file_and_the_command_line_wins(tmp_path: Path) -> None:
    toml = tmp_path / "terminal.toml"
    toml.write_text(GOOD, encoding="utf-8")
    config = AgentConfig.load(toml, ("agent.heartbeat_s=5", "hub.url=http://127.0.0.1:2", "demo.network_file=/x/cut"))
    assert config.state_dir == tmp_path / "state"
    assert (config.heartbeat_s, config.hub_url, config.network_file) == (5.0, "http://127.0.0.1:2", Path("/x/cut"))
    assert config.enrolment_key is None
    assert config.settings_schema["type"] == "object"


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        (None, ()),
        ("[terminal", ()),
        (GOOD.replace(REGION, "12"), ()),
        (GOOD.replace("http://", "ftp://"), ()),
        (GOOD, ("agent.heartbeat_s=often",)),
        (GOOD, ("agent.heartbeat_s",)),
        (GOOD, ("agent.nothing=1",)),
        (GOOD, ("hub.nothing=1",)),
    ],
)
def test_wrong_settings_are_one_sentence_and_exit_1(
    tmp_path: Path, text: str | None, overrides: tuple[str, ...]
) -> None:
    toml = tmp_path / "terminal.toml"
    if text is not None:
        toml.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsTrouble):
        AgentConfig.load(toml, overrides)
    pairs = [part for one in overrides for part in ("--set", one)]
    seen = CliRunner().invoke(agent, ["--config", str(toml), *pairs])
    assert seen.exit_code == 1
    assert seen.output.startswith("Error: ")
    assert "Traceback" not in seen.output
