"""Devices bound to roles: each behind a door of its own, opened when first needed and again when it went away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from drivers.health import Cause, Health, State
from drivers.receipt_printer.memory import PrinterMemory
from drivers.registry import make_device
from drivers.trouble import DeviceTrouble
from kiosk.doors import Door, Err, Late, Ok, Result
from kiosk.services.door_sensor import DoorSensor
from kiosk.settings import DeviceSetting

T = TypeVar("T")
Make = Callable[[DeviceSetting], Any]
USABLE: Final = (State.ready, State.limited)
CAMERAS: Final = ("face_camera", "document_camera")
DOOR: Final = "door"


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
    """One role: the device (if there is one), its door and what was last known of it.

    A camera is opened for a consented check only, never to see how it is: until then its path tells.
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
    ) -> None:
        self.role = role
        self.setting = setting
        self._door = door
        self._changed = changed
        self._make = make
        self._now = now
        self._device: Any = None
        self._busy = 0
        self._check_after: float | None = None  # deadline of a check that waits for the device to be free
        unknown = State.absent if setting is None else State.unknown
        self.health = _health(role, unknown, Cause.environment, "not_set" if setting is None else "unknown", now())
        self.ready = setting is not None

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

    def check(self, deadline_s: float) -> None:
        """Asks the device how it is; a busy one is asked as soon as it is free."""
        if self.setting is None:
            return
        if self.busy:
            self._check_after = deadline_s
            return
        if self.role in CAMERAS:
            self.know(_camera_health(self.role, self.setting.link, self._now()))
            return

        def answered(result: Result[Health]) -> None:
            if isinstance(result, Ok):
                self.know(result.value)

        self.use(lambda device: device.health(), answered, deadline_s=deadline_s)

    def know(self, health: Health) -> None:
        """Takes in what is now known of the device; a change from usable to not, or back, is told once."""
        was = self.ready
        same = health.state == self.health.state and health.code == self.health.code
        self.health = replace(health, since=self.health.since) if same else health
        self.ready = health.state in USABLE
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
            self.know(_health(self.role, State.failed, Cause.us, type(error).__name__, now))
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
    ) -> None:
        self._slots = {
            role: Slot(role, devices.get(role), door, changed=changed, make=make) for role, door in doors.items()
        }

    def __getitem__(self, role: str) -> Slot:
        return self._slots[role]

    def healths(self) -> dict[str, Health]:
        """What is known of each role."""
        return {role: slot.health for role, slot in self._slots.items()}

    def check(self, deadline_s: float) -> None:
        """Asks every device that is free."""
        for slot in self._slots.values():
            slot.check(deadline_s)

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
    return _health(role, State.ready, None, "ready", now)
