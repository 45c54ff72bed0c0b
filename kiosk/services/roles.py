"""Devices bound to roles: each behind a door of its own, opened when first needed and again when it went away."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from drivers.health import Cause, Health, State
from drivers.presence.presence import Grace, Reading
from drivers.presence.watch import Watched
from drivers.receipt_printer.memory import PrinterMemory
from drivers.registry import make_device
from drivers.trouble import DeviceTrouble
from kiosk.doors import Door, Err, Late, Ok, Result
from kiosk.services.door_sensor import DoorSensor
from kiosk.services.standing import Standing, grown_old, seen, told
from kiosk.settings import DeviceSetting

T = TypeVar("T")
Make = Callable[[DeviceSetting], Any]
FRESH_S: Final = 60.0
CAMERAS: Final = ("face_camera", "document_camera")
OPENED_IN_VISITS: Final = CAMERAS
"""Cameras that a visit opens, and that are counted on until one has. Of others nobody would know more than the path."""
DOOR: Final = "door"
AT_THEIR_WORD: Final = ("ups", "door", "presence")
"""Roles that tell of the world, not of what a resident can do: whoever listens to them has patience of their own."""
AT_ONCE: Final = Grace(0.0, 1)


class NoDevice(DeviceTrouble):
    """The settings name no device for this role."""

    def __init__(self, role: str) -> None:
        super().__init__(f"{role}.not_set", f"没有设置 {role}。", f"请在 terminal.toml 写上 [devices.{role}]。")


def made(setting: DeviceSetting) -> Any:
    """The device of a setting, not yet opened."""
    device = make_device(setting.kind, setting.driver, setting.link, **setting.options)
    return DoorSensor(device) if setting.role == DOOR else device


class Maker:
    """Makes the devices of one terminal, each as often as it is opened anew.

    A driver is dropped when its device was in trouble; what it knew of a printer's jobs stays, and the next one prints
    no slip again.
    """

    def __init__(self) -> None:
        self._memory = PrinterMemory()

    def __call__(self, setting: DeviceSetting) -> Any:
        """The device of a setting, not yet opened."""
        if setting.kind != "receipt_printer":
            return made(setting)
        return make_device(setting.kind, setting.driver, setting.link, memory=self._memory, **setting.options)


class Slot:
    """One role: the device (if there is one), its door and what may be told of it (kiosk.services.standing).

    `changed` is told once when the journey can no longer count on the device, and once when it can again. A camera is
    opened for a consented check only, never to see how it is: until then its path tells.
    """

    def __init__(
        self,
        role: str,
        setting: DeviceSetting | None,
        door: Door,
        *,
        changed: Callable[[str, bool], None],
        make: Make = made,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        grace: Grace = Grace(),  # noqa: B008 — a frozen value
        fresh_s: float = FRESH_S,
    ) -> None:
        self.role = role
        self.setting = setting
        self._monotonic = monotonic
        self._grace = AT_ONCE if role in AT_THEIR_WORD else grace
        self._fresh_s = fresh_s
        self._door = door
        self._changed = changed
        self._make = make
        self._now = now
        self._device: Any = None
        self._busy = 0
        self._check_after: float | None = None  # deadline of a check that waits for the device to be free
        unknown = State.absent if setting is None else State.unknown
        health = _health(role, unknown, Cause.environment, "not_set" if setting is None else "unknown", now())
        self._standing = Standing(health, monotonic())

    @property
    def health(self) -> Health:
        """What may be told of it now."""
        return self._standing.health

    @property
    def ready(self) -> bool:
        """Whether the journey may count on it now."""
        return self.setting is not None and self._standing.ready

    @property
    def doubtful(self) -> bool:
        """Whether it did not answer lately, so that it is to be asked again soon."""
        return self.setting is not None and self._standing.heard.doubtful

    @property
    def busy(self) -> bool:
        """Whether something is being asked of the device."""
        return self._busy > 0

    def use(self, work: Callable[[Any], T], then: Callable[[Result[T]], None], *, deadline_s: float) -> None:
        """Does something with the opened device in its door; trouble closes the device and is told as health."""
        self._busy += 1

        def done(result: Result[T]) -> None:
            self._busy -= 1
            if isinstance(result, Err):
                self._ill(result.error)
            then(result)
            if self._check_after is not None and not self.busy:
                deadline_s, self._check_after = self._check_after, None
                self.check(deadline_s)

        self._door.ask(lambda: work(self._opened()), done, deadline_s=deadline_s)

    def interrupt(self) -> None:
        """Ends what the device plays or records now, where it can; from the screen's thread, past its door."""
        device = self._device
        if device is not None and hasattr(device, "stop"):
            device.stop()

    def check(self, deadline_s: float) -> None:
        """Asks the device how it is; a busy one is asked as soon as it is free."""
        if self.setting is None:
            return
        if self.busy:
            self._check_after = deadline_s
            return
        if self.role in CAMERAS:
            path = _camera_health(self.role, self.setting.link, self._now())
            # That its path is there is less than what the camera itself showed a moment ago.
            long_ago = self._monotonic() - self._standing.at >= self._fresh_s / 2
            if long_ago or path.state is State.absent or self.health.state not in (State.limited, State.failed):
                self.know(path)
            return

        def answered(result: Result[Health]) -> None:
            if isinstance(result, Ok):
                self.know(result.value)

        self.use(lambda device: device.health(), answered, deadline_s=deadline_s)

    def know(self, health: Health) -> None:
        """Takes in what the driver says of the device."""
        self._stand(told(self._standing, health, self._monotonic(), self._grace))

    def sighted(self, watched: Watched) -> bool:
        """Takes in what the kernel shows of it; whether it came back, so that it should be asked at once."""
        if self.setting is None:
            return False
        if watched.link != self.setting.link:
            # The kernel gave the same socket another name.
            self.setting = replace(self.setting, link=watched.link)
            self.release()
        was = self._standing.kernel
        self._stand(seen(self._standing, watched.presence.shown, self._monotonic(), self._now()))
        return was is Reading.absent and self._standing.kernel is Reading.present

    def age(self) -> None:
        """Lets time pass: what was not heard of for long is unknown."""
        if self.setting is not None:
            self._stand(grown_old(self._standing, self._monotonic(), self._fresh_s, self._now()))

    def _stand(self, standing: Standing) -> None:
        was = self.ready
        self._standing = standing
        if was != self.ready:
            self._changed(self.role, self.ready)

    def release(self) -> None:
        """Closes the device (a camera after each check); the next use opens it again."""
        self._door.ask(self._shut, lambda _: None)

    def close(self) -> None:
        """Closes device and door for good."""
        self.release()
        self._door.close()

    def _opened(self) -> Any:
        if self.setting is None:
            raise NoDevice(self.role)
        if self._device is None:
            device = self._make(self.setting)
            device.open()
            self._device = device
        return self._device

    def _shut(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _ill(self, error: Exception) -> None:
        now = self._now()
        if isinstance(error, Late):
            self.know(_health(self.role, State.unknown, Cause.device, "late", now))
            return
        if isinstance(error, DeviceTrouble):
            self.know(_health(self.role, State.absent, Cause.environment, error.code.rpartition(".")[2], now))
        else:
            self.know(_health(self.role, State.unknown, Cause.us, type(error).__name__, now))
        self.release()


class DeviceRoles:
    """All roles of a terminal."""

    def __init__(
        self,
        devices: Mapping[str, DeviceSetting],
        doors: Mapping[str, Door],
        changed: Callable[[str, bool], None],
        *,
        make: Make = made,
        monotonic: Callable[[], float] = time.monotonic,
        grace: Grace = Grace(),  # noqa: B008 — a frozen value
        fresh_s: float = FRESH_S,
    ) -> None:
        self._slots = {
            role: Slot(
                role,
                devices.get(role),
                door,
                changed=changed,
                make=make,
                monotonic=monotonic,
                grace=grace,
                fresh_s=fresh_s,
            )
            for role, door in doors.items()
        }

    def __getitem__(self, role: str) -> Slot:
        return self._slots[role]

    def healths(self) -> dict[str, Health]:
        """What may be told of each role now."""
        self.age()
        return {role: slot.health for role, slot in self._slots.items()}

    def check(self, deadline_s: float, *, doubtful: bool = False) -> None:
        """Asks every device that is free, or only those that did not answer lately."""
        for slot in self._slots.values():
            if slot.doubtful or not doubtful:
                slot.check(deadline_s)

    def sighted(self, roles: Mapping[str, Watched], deadline_s: float) -> None:
        """Takes in what the kernel shows of each role; a device that came back is asked how it is."""
        for role, watched in roles.items():
            if self._slots[role].sighted(watched):
                self._slots[role].check(deadline_s)

    def age(self) -> None:
        """Lets time pass for all."""
        for slot in self._slots.values():
            slot.age()

    def close(self) -> None:
        """Closes everything."""
        for slot in self._slots.values():
            slot.close()


def _health(role: str, state: State, cause: Cause | None, name: str, now: datetime) -> Health:
    code = f"{role}.{name}"
    return Health(state, cause, code, f"{code}.resident", f"{code}.technician", now)


def _camera_health(role: str, link: str, now: datetime) -> Health:
    parts = urlsplit(link)
    if parts.scheme in ("v4l2", "images") and not Path(parts.netloc + parts.path).exists():
        return _health(role, State.absent, Cause.environment, "absent", now)
    if role not in OPENED_IN_VISITS:
        return _health(role, State.unknown, None, "unknown", now)
    return _health(role, State.ready, None, "ready", now)
