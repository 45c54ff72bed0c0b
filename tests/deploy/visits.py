"""Visits at the real terminal that more than one test makes, and what is to be read of them."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Final

from offline.store import AgentView, TerminalView
from offline.wire.claims import lookup_hash, normal
from tests.deploy.hall import Hall

HELPER: Final = "wu-guifang"
ITEM: Final = "养老待遇资格认证"
KEPT: Final = "已保存"
_CODE: Final = re.compile(r"取件码\D{0,3}(\d{4}-\d{3}-\d{3})")


def up_to_confirm(hall: Hall, resident: str) -> None:
    """A witnessed application, everything before the last touch; no card is left on the reader."""
    hall.shows("'attract'")
    hall.lay(resident)
    hall.shows("'home'")
    hall.touch("all_items")  # who has done it once finds it in the list only
    if hall.touch_one_of(ITEM, f"接着办：{ITEM}") == ITEM:  # whom a cut stopped before goes on where that was
        hall.touch("begin")
        hall.touch("witness")
    hall.lay(HELPER)
    hall.shows("'confirm'")
    hall.world.lift()  # else it is the helper whom the terminal greets when the mains are back


def code_on_screen(told: str) -> str | None:
    """The claim code that stands on the screen, as `Hall.screen` tells it."""
    return code_in("\n".join(re.findall(r"'text': '([^']*)'", told)))


def code_in(text: str) -> str | None:
    """The claim code of a slip's text."""
    found = _CODE.search(text)
    return None if found is None else found.group(1)


def event_of(state_dir: Path, code: str) -> str:
    """The act that has this claim code."""
    with closing(AgentView.open(state_dir)) as agent, closing(TerminalView.open(state_dir)) as terminal:
        (act,) = terminal.acts_by_claim(lookup_hash(agent.enrolled().claim_key, normal(code)))
        return act.event_id
