"""A terminal takes new keys of its hub on the word of the old ones only, and never goes back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.wire.sealing import new_private, public_of
from offline.wire.signing import new_signing_key, signing_public
from offline.wire.statement import KeyStatement, check_statement, sign_statement
from offline.wire.trouble import BadSignature, MalformedRecord, OldStatement, WireTrouble

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OLD, NEW = new_signing_key(), new_signing_key()
SEALING = public_of(new_private())
STATED = KeyStatement.of(3, NOON, SEALING, signing_public(NEW))


def test_a_statement_of_the_known_key_is_taken() -> None:
    read = check_statement(signing_public(OLD), 2, sign_statement(OLD, STATED))
    assert (read.version, read.sealing(), read.signing(), read.since) == (3, SEALING, signing_public(NEW), NOON)


def test_a_statement_of_any_other_key_is_refused_also_of_the_new_one() -> None:
    for forger in (NEW, new_signing_key()):
        with pytest.raises(BadSignature):
            check_statement(signing_public(OLD), 2, sign_statement(forger, STATED))


@pytest.mark.parametrize("known", [3, 4, 99])
def test_an_older_statement_is_refused_although_it_was_once_signed(known: int) -> None:
    with pytest.raises(OldStatement):
        check_statement(signing_public(OLD), known, sign_statement(OLD, STATED))


def test_fields_of_later_programs_are_signed_and_not_read() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from offline.wire.canonical import b64, canonical_json

    said = sign_statement(OLD, STATED)
    assert isinstance(said["statement"], dict)
    body = said["statement"] | {"suite": "later"}
    signature = Ed25519PrivateKey.from_private_bytes(OLD).sign(canonical_json(body))
    assert check_statement(signing_public(OLD), 2, {"statement": body, "signature": b64(signature)}) == STATED
    with pytest.raises(BadSignature):
        check_statement(signing_public(OLD), 2, said | {"statement": body})


def test_a_key_under_anothers_name_is_refused() -> None:
    lying = STATED.model_copy(update={"sealing_key_id": "0" * 16})
    with pytest.raises(MalformedRecord):
        check_statement(signing_public(OLD), 2, sign_statement(OLD, lying))


@given(
    st.dictionaries(
        st.sampled_from(["statement", "signature", "x"]), st.none() | st.text("ab=") | st.integers() | st.just({})
    )
)
def test_no_nonsense_does_more_than_be_refused(untrusted: dict[str, object]) -> None:
    with pytest.raises(WireTrouble):
        check_statement(signing_public(OLD), 2, untrusted)
