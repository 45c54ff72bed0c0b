"""What a rule was given when it decided, sealed to the hub's own key and opened for explaining and replaying."""

from __future__ import annotations

from collections.abc import Mapping

from hub.hub import Hub
from hub.tables import DecisionRecord
from offline.wire.sealing import seal


def seal_inputs(hub: Hub, case_id: int, inputs: Mapping[str, object]) -> bytes:
    """The inputs as they rest."""
    return seal(dict(inputs), hub.keys.sealing_public, _aad(case_id))


def inputs_of(hub: Hub, record: DecisionRecord) -> dict[str, object]:
    """The inputs, opened for the moment they are needed."""
    return hub.keys.unseal(record.inputs_sealed, _aad(record.case_id))


def _aad(case_id: int) -> bytes:
    return f"decision/{case_id}".encode("ascii")
