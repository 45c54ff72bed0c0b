"""A real TPM 2.0 in software (swtpm), in a folder of its own, gone with who started it."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

START_S: Final = 30.0


@dataclass(frozen=True)
class SoftwareTpm:
    """A running swtpm."""

    tcti: str

    def clear(self) -> None:
        """What a technician does in the firmware's menu: a new seed, and nothing sealed before opens again."""
        words = ("tpm2_clear", "-Q", "-T", self.tcti, "-c", "p")
        subprocess.run(words, check=True, capture_output=True, timeout=START_S)


@contextmanager
def software_tpm(folder: Path) -> Iterator[SoftwareTpm]:
    """Started, and ended; the same folder is the same TPM again."""
    folder.mkdir(exist_ok=True)
    port, control = _two_ports()
    words = (
        *("swtpm", "socket", "--tpm2", "--tpmstate", f"dir={folder}"),
        *("--server", f"type=tcp,port={port},bindaddr=127.0.0.1"),
        *("--ctrl", f"type=tcp,port={control},bindaddr=127.0.0.1"),
        *("--flags", "not-need-init,startup-clear"),
    )
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            tpm = SoftwareTpm(f"swtpm:host=127.0.0.1,port={port}")
            _await(running, tpm)
            yield tpm
        finally:
            running.terminate()
            running.wait(START_S)


def _await(running: subprocess.Popen[bytes], tpm: SoftwareTpm) -> None:
    end = time.monotonic() + START_S
    question = ("tpm2_getcap", "-Q", "-T", tpm.tcti, "properties-fixed")
    while subprocess.run(question, capture_output=True, timeout=START_S, check=False).returncode != 0:
        assert running.poll() is None, "swtpm ended"
        assert time.monotonic() < end, "swtpm does not answer"


def _two_ports() -> tuple[int, int]:
    """swtpm's own programs want the control port right above the other."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port, port + 1
