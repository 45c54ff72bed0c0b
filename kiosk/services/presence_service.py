"""Looks at what is plugged in, behind a door of its own: the kernel's lists are files, and reading them may wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.presence.watch import Watch, Watched
from kiosk.doors import Door, Err, Ok, Result
from kiosk.services.roles import DeviceRoles


class PresenceService:
    """One look at a time; what it shows goes to the roles."""

    def __init__(
        self,
        watch: Watch,
        door: Door,
        roles: DeviceRoles,
        *,
        monotonic: Callable[[], float],
        check_deadline_s: float,
        ill: Callable[[str, Exception], None],
    ) -> None:
        self._watch = watch
        self._door = door
        self._roles = roles
        self._monotonic = monotonic
        self._check_deadline_s = check_deadline_s
        self._ill = ill
        self._looking = False

    def tick(self) -> None:
        """Looks, when the bell rang or nobody looked for a while."""
        at = self._monotonic()
        if self._looking or not self._watch.due(at):
            return
        self._looking = True
        # No deadline: the watch is used by one look at a time, and a list of the kernel that hangs makes health go
        # stale, which is told.
        self._door.ask(lambda: self._watch.look(at), self._looked)

    def close(self) -> None:
        """Takes the bell down with the door."""
        self._door.close()
        self._watch.close()

    def _looked(self, result: Result[Mapping[str, Watched]]) -> None:
        self._looking = False
        match result:
            case Ok(roles):
                self._roles.sighted(roles, self._check_deadline_s)
            case Err(error):
                self._ill("presence", error)
