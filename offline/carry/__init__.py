"""What a technician carries on a stick where there is no line: the outbox out, the hub's answers back."""

from __future__ import annotations

from offline.carry.export import Exported, export
from offline.carry.fetch import Fetched, fetch
from offline.carry.spool import Applied, Spool, SpoolTrouble, apply_spool

__all__ = ["Applied", "Exported", "Fetched", "Spool", "SpoolTrouble", "apply_spool", "export", "fetch"]
