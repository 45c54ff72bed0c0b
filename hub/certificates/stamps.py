"""Which time-stamp authority this hub asks."""

from __future__ import annotations

from hub.certificates.issuers import Issuers
from hub.certificates.time_stamps import HttpTimeStamps, SandboxTimeStamps, TimeStamps
from hub.hub import Hub


def time_stamps(hub: Hub, sandbox: Issuers) -> TimeStamps:
    """The one of the settings; without one the sandbox's own (演示)."""
    if hub.settings.stamp_url:
        return HttpTimeStamps(hub.settings.stamp_url, hub.settings.stamp_s)
    return SandboxTimeStamps(sandbox.stamps, sandbox.root, hub.clock)
