"""Line and stick in any order, pulled out, copied, replayed, crashed: what was acknowledged is at the hub, once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from hub.hub import Hub
from offline.projection import Stage, standing
from offline.wire.trouble import StickTrouble
from tests.deploy.sticks import Village
from tests.hub.running import UNTRACED, make_hub

WEEKS: Final = int(os.environ.get("ZHIZHU_WEEKS", "6"))
"""How many weeks are lived; the nightly lives more."""


class Week(RuleBasedStateMachine):
    """A village, its hub, a line that comes and goes, and a stick."""

    hub: Hub

    @initialize()
    def begin(self) -> None:
        """A fresh village of the one hub."""
        self.place = Path(tempfile.mkdtemp(prefix="zhizhu-week-"))
        self.village = Village(self.hub, self.place)
        self.old: list[Path] = []

    @rule(count=st.integers(1, 3))
    def keep(self, count: int) -> None:
        """Residents apply."""
        if len(self.village.acts) < 12:
            self.village.keep(count)

    @rule(cut=st.booleans())
    def drain(self, cut: bool) -> None:
        """For a moment there is a line; it may be cut after the hub has committed."""
        self.village.drain(cut=cut)

    @rule(fill=st.sampled_from((1, 5_000, 1_000_000)))
    def export(self, fill: int) -> None:
        """A technician comes."""
        self.village.export(fill)

    @rule(after=st.integers(0, 3))
    def export_pulled(self, after: int) -> None:
        """And is in a hurry."""
        with suppress(StickTrouble):
            self.village.export(fill_bytes=1, pulled_after=after)

    @rule()
    def carry(self) -> None:
        """The stick comes to the hub."""
        self.village.carry()

    @rule(after=st.integers(0, 2))
    def carry_pulled(self, after: int) -> None:
        """And is pulled out there."""
        with suppress(StickTrouble):
            self.village.carry(pulled_after=after)

    @rule()
    def bring_back(self) -> None:
        """The stick comes to the terminal, the agent has its turn."""
        assert not self.village.fetch().refused
        assert self.village.apply().refused == 0

    @rule()
    def bring_back_and_crash(self) -> None:
        """The power goes between the spool and the agent's turn."""
        self.village.fetch()
        self.village.restart()

    @rule()
    def remember(self) -> None:
        """Somebody makes a copy of the stick."""
        if self.village.mount.is_dir() and len(self.old) < 3:
            self.old.append(self.village.copy_stick(f"old-{len(self.old)}"))

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """And brings it again, to both."""
        if self.old:
            mount = data.draw(st.sampled_from(self.old))
            self.village.carry(mount)
            assert not self.village.fetch(mount).refused
            self.village.apply()

    @invariant()
    def nothing_is_there_twice_and_nothing_is_called_sent_that_is_not_there(self) -> None:
        """The hub holds each once, made a case of each once, and the terminal's word is true."""
        if not hasattr(self, "village"):
            return
        there = self.village.at_hub()
        assert all(count == 1 for count in Counter(there).values())
        assert Counter(self.village.cases()) == Counter(there)
        for act in self.village.acts:
            assert standing(self.village.agent, act).stage is not Stage.PARKED
            assert standing(self.village.agent, act).stage is Stage.KEPT or act in there

    def teardown(self) -> None:
        """A last good stick: everything that was acknowledged is there, and answered."""
        if not hasattr(self, "village"):
            return
        village = self.village
        village.export()
        assert village.carry().well
        assert set(village.at_hub()) == set(village.acts)
        village.fetch()
        village.apply()
        assert village.agent.drained_to() == len(village.acts)
        heard = {act: answer.state for act in village.acts if (answer := village.agent.answer(act)) is not None}
        assert heard == village.states(), "each answer came back, and the last word of each"
        village.close()
        shutil.rmtree(self.place)


def test_line_and_stick_in_any_order(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "hub", lambda: datetime.now(UTC))

    class OneHub(Week):
        """The same hub for all of them: making one takes longer than a week."""

        def __init__(self) -> None:
            super().__init__()
            self.hub = hub

    chosen = settings(
        max_examples=WEEKS,
        stateful_step_count=14,
        deadline=None,
        phases=UNTRACED,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(OneHub, settings=chosen)
    finally:
        hub.database.close()
