"""A real `upsd` with a `dummy-ups` behind it, in a folder of its own on a free port, ended with the test."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

NAME: Final = "dummy"
PROGRAMS: Final = Path("/lib/nut")
PATIENCE_S: Final = 30.0


class RealUpsd:
    """Starts both programs; the state of the mains is a file that dummy-ups reads again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._write("ups.conf", f'[{NAME}]\ndriver = dummy-ups\nport = {NAME}.dev\npollinterval = 1\ndesc = "a test"\n')
        self._write("upsd.conf", f"LISTEN 127.0.0.1 {self.port}\nMAXAGE 5\n")
        self._write("upsd.users", "")
        folder.chmod(0o700)
        self.tell("OL", 100, 1800)
        self._driver: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def link(self) -> str:
        return f"nut://127.0.0.1:{self.port}/{NAME}"

    def tell(self, status: str, charge: int, runtime: int) -> None:
        """What the supply says from now on; the file is replaced whole, so half of it is never read."""
        values = f"ups.status: {status}\nbattery.charge: {charge}\nbattery.runtime: {runtime}\n"
        quoted = 'ups.model: 一台 "真的" \\ 电源\n'
        draft = self._folder / "draft"
        draft.write_text(values + quoted + "TIMER 1\n", encoding="utf-8")
        draft.replace(self._folder / f"{NAME}.dev")

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Both programs run and the driver's data have arrived."""
        self.start_driver()
        self.start_server()

    def start_driver(self) -> None:
        self._driver = self._run(PROGRAMS / "dummy-ups", "-a", NAME)
        self.wait(lambda: any(path.name.startswith("dummy-ups") for path in self._folder.iterdir()))

    def start_server(self) -> None:
        self._server = self._run(PROGRAMS / "upsd")
        self.wait(self._listens)

    def stop_driver(self) -> None:
        _end(self._driver)
        self._driver = None

    def stop_server(self) -> None:
        _end(self._server)
        self._server = None

    def stop(self) -> None:
        self.stop_server()
        self.stop_driver()

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until it holds; between two looks it waits for either program to end, which would be the wrong end."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, "the real upsd did not come to it in time"
            data = self._folder / f"{NAME}.dev"
            if data.exists():
                os.utime(data)  # dummy-ups sees a change by whole seconds: two in one second are one to it
            for program in (self._driver, self._server):
                assert program is None or _still_runs(program), "upsd or dummy-ups has ended by itself"

    def _listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1.0):
                return True
        except OSError:
            return False

    def _run(self, *command: str | Path) -> subprocess.Popen[bytes]:
        places = {"NUT_CONFPATH": str(self._folder), "NUT_STATEPATH": str(self._folder)}
        # Without -u root the programs would become another user, who cannot read this folder.
        return subprocess.Popen(
            [*command, "-u", "root", "-D"],
            cwd=self._folder,
            env={**os.environ, **places},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o640)


def _still_runs(program: subprocess.Popen[bytes]) -> bool:
    try:
        program.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        return True
    return False


def _end(program: subprocess.Popen[bytes] | None) -> None:
    if program is None:
        return
    program.terminate()
    try:
        program.wait(timeout=10)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait(timeout=10)
