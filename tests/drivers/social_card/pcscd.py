"""A real pcscd with a virtual reader for the tests: private where the machine lets us, else the machine's one."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.social_card.simulator import VPCD_PORT
from tests.drivers.own_place import own_place

SOCKET: Final = Path("/run/pcscd/pcscd.comm")
LIBRARY: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
START_S: Final = 20.0
LOCK: Final = Path(tempfile.gettempdir()) / "zhizhu-test-pcscd.lock"


@dataclass(frozen=True)
class Daemon:
    """What the tests need to know: which socket asks it, and where a card connects."""

    socket: Path
    vpcd_port: int


@contextmanager
def pcscd() -> Iterator[Daemon]:
    """A running pcscd for as long as needed."""
    missing = [name for name in ("pcscd",) if shutil.which(name) is None]
    assert not missing, "apt-get install pcscd"
    assert LIBRARY.exists(), "apt-get install vsmartcard-vpcd"
    with tempfile.TemporaryDirectory(prefix="zhizhu-pcscd-") as folder:
        if (way := own_place(SOCKET.parent)) is not None:
            yield from _private(Path(folder), way)
        else:
            yield from _of_the_machine(Path(folder))


def _private(folder: Path, way: tuple[str, ...]) -> Iterator[Daemon]:
    """pcscd has one socket, compiled in; a mount namespace of its own gives it another folder there."""
    port = _free_pair()
    script = f"mount -t tmpfs none {SOCKET.parent} && exec pcscd -f -C -c {_configured(folder, port)}"
    with _process([*way, "sh", "-c", script]) as process:
        where = Path(f"/proc/{process.pid}/root{SOCKET}")
        _wait_for(where, process)
        yield Daemon(where, port)


def _of_the_machine(folder: Path) -> Iterator[Daemon]:
    """The one socket there is: one test process at a time, and whoever runs already is left alone."""
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _answers(SOCKET):
            yield Daemon(SOCKET, VPCD_PORT)
            return
        SOCKET.unlink(missing_ok=True)
        port = _free_pair()
        with _process(["pcscd", "-f", "-C", "-c", _configured(folder, port)]) as process:
            _wait_for(SOCKET, process)
            yield Daemon(SOCKET, port)


def _configured(folder: Path, port: int) -> str:
    text = f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{port:#x}\nLIBPATH {LIBRARY}\nCHANNELID {port:#x}\n'
    (folder / "vpcd").write_text(text, encoding="ascii")
    return str(folder)


@contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(where: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while not _answers(where):
        assert process.poll() is None, "pcscd ended at once"
        assert time.monotonic() < deadline, "pcscd does not answer"
        os.sched_yield()


def _answers(where: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(where))
        except OSError:
            return False
        return True


def _free_pair() -> int:
    """vpcd takes a port for each of its two slots."""
    for _ in range(50):
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue
    raise AssertionError("no two free ports in a row")
