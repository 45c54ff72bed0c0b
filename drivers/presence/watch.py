"""Watches over the devices of all roles: looks when the bell rings and every so often; the grace decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from drivers.presence.bell import Bell, SilentBell
from drivers.presence.ports import Port, every_port
from drivers.presence.presence import Grace, Presence, Reading, after
from drivers.presence.sight import Exists, Sight, file_there, in_kernels_lists, look_for

SOONEST_S: Final = 0.2
"""Plugging in one device rings a dozen times."""


@dataclass(frozen=True)
class Watched:
    """One role: its link as it was written, where it was seen, the link that opens it now, and what is shown of it."""

    written: str
    link: str
    place: str = ""
    presence: Presence = field(default_factory=Presence)


def looked(watched: Watched, sight: Sight, at: float, grace: Grace) -> Watched:
    """The role after one more look."""
    return Watched(
        watched.written, sight.link, watched.place or sight.place, after(watched.presence, sight.reading, at, grace)
    )


class Watch:
    """The presence of each role. `look` reads files of the kernel: call it where waiting is allowed."""

    def __init__(
        self,
        links: Mapping[str, str],
        *,
        grace: Grace,
        rescan_s: float,
        bell: Bell | None = None,
        scan: Callable[[], Iterable[Port]] = every_port,
        exists: Exists = file_there,
    ) -> None:
        self._roles = {role: Watched(link, link) for role, link in links.items()}
        self._grace = grace
        self._rescan_s = rescan_s
        self._bell = bell or SilentBell()
        # Hundreds of files of the kernel, which say nothing of a machine without local devices.
        self._scan = scan if any(map(in_kernels_lists, links.values())) else tuple
        self._exists = exists
        self._looked_at: float | None = None
        self._rung = False

    def due(self, at: float) -> bool:
        """Whether it is time to look: the bell rang, or nobody looked for a while."""
        self._rung = self._bell.rung() or self._rung
        since_s = None if self._looked_at is None else at - self._looked_at
        return since_s is None or since_s >= self._rescan_s or (self._rung and since_s >= SOONEST_S)

    def look(self, at: float) -> Mapping[str, Watched]:
        """Looks at everything and hands back every role; a list that cannot be read says nothing of anybody."""
        self._looked_at, self._rung = at, False
        ports: tuple[Port, ...] | None
        try:
            ports = tuple(self._scan())
        except OSError:
            ports = None
        for role, watched in self._roles.items():
            sight = Sight(Reading.inconclusive, watched.link) if ports is None else self._sight(role, watched, ports)
            self._roles[role] = looked(watched, sight, at, self._grace)
        return dict(self._roles)

    def _sight(self, role: str, watched: Watched, ports: tuple[Port, ...]) -> Sight:
        others = {each.place for name, each in self._roles.items() if name != role and each.place}
        return look_for(watched.written, watched.place, ports, self._exists, others)

    def close(self) -> None:
        """Hangs up the bell."""
        self._bell.close()
