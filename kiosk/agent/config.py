"""What the agent needs to know: the terminal's settings, and a few of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.settings import BY_KEY, Settings, settings_schema
from kiosk.trouble import SettingsTrouble
from offline.bounds import Bounds
from offline.keys import AUTO

OWN: Final = ("agent.", "demo.")
"""The settings that only the agent reads; given as `--set agent.heartbeat_s=5`."""


class AgentConfig(BaseModel):
    """The agent's settings; intervals in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    region: str = Field(pattern=r"^[0-9]{12}$")
    state_dir: Path
    tpm: str = AUTO
    hub_url: str = Field(pattern=r"^https?://[^\s]+$")
    ca_file: Path | None = None
    enrolment_key: str | None = None
    settings_schema: dict[str, object] = Field(default_factory=dict)
    heartbeat_s: float = Field(default=60.0, ge=0.2, le=3600)
    changes_s: float = Field(default=30.0, ge=0.2, le=3600)
    changes_soon_s: float = Field(default=1.0, ge=0.1, le=60)
    poll_s: float = Field(default=0.5, ge=0.05, le=5)
    longest_wait_s: float = Field(default=300.0, ge=1, le=3600)
    deadline_s: float = Field(default=20.0, ge=1, le=120)
    picture_hold_hours: float = Field(default=24.0, ge=0.001, le=720)
    picture_orphan_hours: float = Field(default=24.0, ge=1, le=720)
    network_file: Path | None = None
    bounds: Bounds = Bounds()

    @classmethod
    def load(cls, path: Path, overrides: Iterable[str] = ()) -> AgentConfig:
        """Reads terminal.toml with `KEY=VALUE` overrides over it; raises SettingsTrouble."""
        given = tuple(overrides)
        settings = Settings.load(path, [one for one in given if not one.startswith(OWN)])
        own: dict[str, Any] = {
            name: value
            for key in BY_KEY
            if key.startswith(OWN) and (name := key.partition(".")[2]) in cls.model_fields
            if (value := _declared(settings, key)) not in (None, "")
        }
        for one in given:
            if one.startswith(OWN):
                key, equals, value = one.partition("=")
                if not equals:
                    raise SettingsTrouble(f"--set {one} 不是“键=值”。", "例如 --set agent.heartbeat_s=30。")
                own[key.partition(".")[2]] = value
        told = {
            "name": settings.text("terminal.name"),
            "region": settings.text("terminal.region"),
            "state_dir": settings.state_dir,
            "tpm": settings.text("terminal.tpm"),
            "hub_url": settings.text("hub.url"),
            "ca_file": settings.text("hub.ca_file") or None,
            "enrolment_key": settings.text("hub.enrolment.key") or None,
            "settings_schema": settings_schema(),
            "bounds": Bounds.of(settings.number),
        }
        try:
            return cls.model_validate(told | own)
        except ValidationError as wrong:
            places = "、".join(sorted({str(error["loc"][-1]) for error in wrong.errors()}))
            raise SettingsTrouble(f"{path} 或 --set 里这些设置不对：{places}。", "请对照手册改正后再启动。") from None


def _declared(settings: Settings, key: str) -> str | float | None:
    kind = BY_KEY[key].type
    return settings.text(key) if kind is str else settings.number(key)
