"""What a running demo tells the programs that play on it: where its doors, devices, hub and terminals are.

Written as `stage.json` beside each terminal.toml, so that `zhizhu journey run --config …` finds everything.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.trouble import RoofTrouble

NAME: Final = "stage.json"


class TerminalPlace(BaseModel):
    """One terminal of the stage; `devices` maps a role to the HTTP control of its simulator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    config: str
    door: str
    devices: dict[str, str]


class Staff(BaseModel):
    """A demo account of the console."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    password: str
    role: str
    codes: str = ""  # the address (otpauth) of the secret of the account's one-time codes


class Stage(BaseModel):
    """A running demo."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: str
    hub: str
    staff: tuple[Staff, ...]
    terminals: tuple[TerminalPlace, ...]
    photos: str = ""  # where the sandbox decoder finds the pictures of the cards
    webcam: str = ""  # a real camera instead of the simulated one

    def save(self, folder: Path) -> None:
        """Writes the stage into the folder of a terminal; passwords are the demo's own, made anew each time."""
        path = folder / NAME
        path.write_text(self.model_dump_json(indent=1), encoding="utf-8")
        path.chmod(0o600)

    @classmethod
    def of(cls, config: Path) -> Stage:
        """The stage that the terminal of this configuration stands on."""
        path = config.parent / NAME
        try:
            return cls.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise RoofTrouble(
                f"{config} 旁边没有演示舞台文件 {NAME}。There is no {NAME} beside {config}.",
                "先运行 zhizhu demo，再用它打印的配置。Start zhizhu demo and use the configuration it prints.",
            ) from error
