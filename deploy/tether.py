"""Runs a command that dies with the process that started it: `python -m deploy.tether COMMAND…`.

A supervisor that is killed leaves nothing behind: Linux sends the signal named by PR_SET_PDEATHSIG (prctl(2)).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1


def tie(parent: int) -> None:
    """Asks for SIGKILL when the parent ends; ends at once where it has ended already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
