"""What the agent needs to know of terminal.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offline.trouble import OfflineTrouble


class ConfigTrouble(OfflineTrouble):
    """terminal.toml is missing or says something it should not."""


class AgentConfig(BaseModel):
    """The agent's settings; intervals in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    region: str = Field(pattern=r"^[0-9]{12}$")
    state_dir: Path
    hub_url: str = Field(pattern=r"^https?://[^\s]+$")
    enrolment_key: str | None = None
    heartbeat_s: float = Field(default=60.0, ge=0.2, le=3600)
    changes_s: float = Field(default=30.0, ge=0.2, le=3600)
    changes_soon_s: float = Field(default=1.0, ge=0.1, le=60)
    poll_s: float = Field(default=0.5, ge=0.05, le=5)
    longest_wait_s: float = Field(default=300.0, ge=1, le=3600)
    deadline_s: float = Field(default=20.0, ge=1, le=120)
    network_file: Path | None = None

    @classmethod
    def load(cls, path: Path, overrides: Mapping[str, object] | None = None) -> AgentConfig:
        """Reads terminal.toml, with `--set` values laid over it; raises ConfigTrouble."""
        return cls.of(_sections(path), path, overrides or {})

    @classmethod
    def of(cls, sections: Mapping[str, Any], path: Path, overrides: Mapping[str, object]) -> AgentConfig:
        """The agent's part of the parsed sections."""
        merged: dict[str, dict[str, Any]] = {
            name: dict(sections.get(name) or {}) for name in ("terminal", "hub", "agent", "demo")
        }
        for key, value in overrides.items():
            section, _, rest = key.partition(".")
            if section in merged and rest:
                merged[section][rest] = value
        terminal, hub = merged["terminal"], merged["hub"]
        enrolment = hub.get("enrolment") or {}
        told = {
            "name": terminal.get("name"),
            "region": terminal.get("region"),
            "state_dir": terminal.get("state_dir"),
            "hub_url": hub.get("url"),
            "enrolment_key": hub.get("enrolment.key") or enrolment.get("key"),
            "network_file": merged["demo"].get("network_file"),
            **merged["agent"],
        }
        try:
            config = cls.model_validate({key: value for key, value in told.items() if value is not None})
        except ValidationError as wrong:
            places = "、".join(sorted({str(error["loc"][-1]) for error in wrong.errors()}))
            raise ConfigTrouble(f"{path} 里这些设置不对或缺少：{places}。", "请对照手册改正后再启动。") from None
        if not config.state_dir.is_absolute():
            return config.model_copy(update={"state_dir": path.parent / config.state_dir})
        return config


def _sections(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigTrouble(f"找不到配置文件 {path}。", "请用 --config 指出 terminal.toml 在哪里。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ConfigTrouble(f"配置文件 {path} 读不懂（{wrong}）。", "请检查那一行的写法。") from None
    except OSError as wrong:
        raise ConfigTrouble(f"配置文件 {path} 打不开（{wrong.strerror}）。", "请检查路径和权限。") from None
