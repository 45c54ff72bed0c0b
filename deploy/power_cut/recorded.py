"""A program run on a recording disk: every line it says is an acknowledgement, and is written down as one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import Final

from deploy.power_cut.record import Call, acknowledge, read_record
from deploy.power_cut.shim import Shim

DEADLINE_S: Final = 240.0
"""For all of a program's life; then it is killed, and the record of a program that was killed is none."""


def recorded(words: Sequence[str], place: Path, folder: Path) -> tuple[Call, ...]:
    """What `python -m WORDS` did to the files below `folder`; the shim and its record lie in `place`.

    The program says the name of each thing it was told is kept, on a line of its standard output, and goes on after it
    has read a byte. Raises OSError or CalledProcessError where the shim cannot be built or the program fails.
    """
    shim = Shim.build(place, folder)
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(
        command, env={**os.environ, **shim.environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stdin is not None
        killer = Timer(DEADLINE_S, program.kill)
        killer.start()
        try:
            for line in program.stdout:
                acknowledge(shim.record, line.decode().strip())
                program.stdin.write(b"\n")
                program.stdin.flush()
        finally:
            killer.cancel()
    if program.returncode != 0:
        raise subprocess.CalledProcessError(program.returncode, command)
    return tuple(read_record(shim.record))
