"""A fixed folder that a program has for itself, for daemons with a path compiled in: two test runs want one each."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

_WAYS: Final = (("unshare", "-m"), ("unshare", "-m", "--propagation", "unchanged"))
"""A mount namespace of its own; in a bare root entered by chroot the second, for there `/` is no mount point whose
propagation could be changed."""
_TRIED: Final = 'mount -t tmpfs none "$0" && : > "$0/inside"'


def own_place(place: Path) -> tuple[str, ...] | None:
    """The words before a shell command that may mount over this folder unseen by anybody else; None where none may."""
    if shutil.which("unshare") is None:
        return None
    place.mkdir(parents=True, exist_ok=True)
    for way in _WAYS:
        tried = subprocess.run([*way, "sh", "-c", _TRIED, str(place)], capture_output=True, check=False)
        if (place / "inside").exists():  # what is mounted there is seen here too
            subprocess.run(["umount", str(place)], check=True)
        elif tried.returncode == 0:
            return way
    return None
