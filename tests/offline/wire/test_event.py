"""The envelope survives the line exactly, or is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.wire.canonical import canonical_json
from offline.wire.event import Envelope
from offline.wire.identity import uuid7, uuid7_ok, uuid7_time
from offline.wire.trouble import MalformedRecord
from tests.offline.wire.envelopes import MOMENTS, envelopes

TEXTS = st.text(st.characters(codec="utf-8"))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@given(envelopes())
def test_an_envelope_survives_the_line(envelope: Envelope) -> None:
    received = Envelope.from_json(json.loads(json.dumps(envelope.to_json())))
    assert received == envelope
    assert received.hash() == envelope.hash()


@given(envelopes(), st.data(), JSON_VALUES)
def test_an_altered_field_is_refused_or_changes_the_hash(
    envelope: Envelope, data: st.DataObject, value: object
) -> None:
    record: dict[str, object] = dict(envelope.to_json())
    name = data.draw(st.sampled_from(sorted(record)))
    if record[name] == value and type(record[name]) is type(value):
        return
    record[name] = value
    with suppress(MalformedRecord):
        assert Envelope.from_json(record).hash() != envelope.hash()


@given(envelopes(), st.sampled_from(("name", "zzother")))
def test_a_missing_or_additional_field_is_refused(envelope: Envelope, extra: str) -> None:
    with pytest.raises(MalformedRecord):
        Envelope.from_json(envelope.to_json() | {extra: "1"})
    with pytest.raises(MalformedRecord):
        Envelope.from_json({key: value for key, value in envelope.to_json().items() if key != "zzprev"})


@given(JSON_VALUES)
def test_what_is_no_envelope_is_refused(untrusted: object) -> None:
    with pytest.raises(MalformedRecord):
        Envelope.from_json(untrusted)


@given(envelopes())
def test_another_spelling_of_the_same_moment_is_refused(envelope: Envelope) -> None:
    record = envelope.to_json()
    for spelling in (str(record["time"]).replace("Z", "+00:00"), str(record["time"])[:-1] + "000Z"):
        with pytest.raises(MalformedRecord):
            Envelope.from_json(record | {"time": spelling})


@given(MOMENTS, st.binary(min_size=10, max_size=10))
def test_a_made_id_is_a_uuid_of_version_7_and_tells_its_moment(at: datetime, noise: bytes) -> None:
    identifier = uuid7(at, noise)
    assert uuid7_ok(identifier)
    assert abs((uuid7_time(identifier) - at).total_seconds()) < 0.002


def test_importing_the_wire_loads_neither_sqlcipher_nor_qt() -> None:
    names = (
        "batch canonical chain changes claims enrolment event heartbeat helper_list identity sealing signing slip_qr"
        " slip_seal slip_signers"
    )
    code = (
        f"import sys\nfor name in {names.split()!r}: __import__('offline.wire.' + name)\n"
        "print([m for m in sys.modules if m.startswith(('sqlcipher3', 'PySide6', 'sqlite_utils', 'pysqlite3'))])"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert seen.stdout.strip() == "[]"


@given(envelopes(), TEXTS, TEXTS)
def test_the_quick_spelling_is_the_canonical_one_whatever_stands_in_the_fields(
    envelope: Envelope, suite: str, source: str
) -> None:
    odd = replace(envelope, suite=suite, source=source)
    assert odd.spelt().encode("utf-8") == canonical_json(odd.to_json())
