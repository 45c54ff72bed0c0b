"""Lives to be cut: a busy store, and the real terminal with screen, agent, hub and residents; each leaves a record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.power_cut.record import Call, What, acknowledge, read_record
from deploy.power_cut.recorded import recorded
from deploy.power_cut.shim import Shim
from tests.deploy.hall import Hall, open_hall
from tests.deploy.visits import KEPT, code_on_screen, event_of, up_to_confirm


def busy_store(place: Path, events: int, seed: int, *, flush_commits: bool = True) -> tuple[Call, ...]:
    """The store alone, in a process of its own; `flush_commits` False is synchronous=NORMAL."""
    state_dir = place / "watched" / "state"
    state_dir.mkdir(parents=True)
    words = [str(state_dir), str(events), str(seed), *(() if flush_commits else ("NORMAL",))]
    return recorded(["tests.power_cut.writer", *words], place, state_dir)


def real_terminal(place: Path, residents: tuple[str, ...]) -> tuple[Call, ...]:
    """The real terminal: a visit ends when 已保存 and the claim code are to be read; the mains go once."""
    with TemporaryDirectory(prefix="zhizhu-cut-") as watched:  # a short name: the test door's socket lies below it
        shim = Shim.build(place, Path(watched))
        record = shim.record
        around = {**shim.environment, "TMPDIR": watched}
        with open_hall("privacy.restart_idle_s=0", environment=around) as hall:
            codes: list[str] = []
            for n, resident in enumerate(residents):
                codes.append(code := visit(hall, resident))
                acknowledge(record, code)
                hall.touch("finish")
                if n == len(residents) // 2:
                    hall.world.stage("/power_cut")
            events = {code: event_of(hall.state_dir, code) for code in codes}
            below = f"{hall.state_dir.relative_to(shim.folder)}/"
    return tuple(_below(read_record(record), below, events))


def visit(hall: Hall, resident: str) -> str:
    """One application from the card to 已保存; the claim code as it stands on the screen."""
    up_to_confirm(hall, resident)
    hall.touch("confirm")
    hall.shows(KEPT)
    code = code_on_screen(hall.screen())
    assert code is not None, hall.screen()
    return code


def _below(calls: Iterator[Call], folder: str, events: dict[str, str]) -> Iterator[Call]:
    """What happened to the files below a folder, named from there; the acknowledged claim codes become events."""
    files: set[int] = set()
    for call in calls:
        if call.what is What.ACKNOWLEDGED:
            yield replace(call, name=events[call.name])
        elif call.what in (What.WRITE, What.TRUNCATE, What.SYNC):
            if call.file in files:
                yield call
        elif call.what is What.UNLINK and call.name == f"{folder}agent.db":
            return  # no terminal does that: it is the demo, which takes its village away
        elif f"{call.name}/".startswith(folder) or call.other.startswith(folder):
            if call.what is What.CREATE:
                files.add(call.file)
            yield replace(call, name=call.name[len(folder) :], other=call.other[len(folder) :])
        elif call.what is What.CREATE:
            files.discard(call.file)
