"""Slips that can be checked, and every way to make a false one."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.wire.canonical import b64
from offline.wire.claims import check_digit, new_code, shown
from offline.wire.sealing import key_id
from offline.wire.signing import new_signing_key, sign_request, signing_public, verify_request
from offline.wire.slip_qr import SlipQr, read_slip, read_tail, slip_url
from offline.wire.slip_seal import SEAL_CHARS, SlipStage, SlipState, item_digest, read_seal, seal_slip
from offline.wire.slip_signers import (
    Genuineness,
    SlipSigner,
    SlipSigners,
    Verdict,
    check_signers,
    judge,
    sign_signers,
)
from offline.wire.trouble import BadSignature, MalformedRecord, WrongClaimCode

CODES = st.text("0123456789", min_size=9, max_size=9).map(lambda body: body + check_digit(body))
TIMES = st.integers(1_700_000_000, 3_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
STAGES, STATES = st.sampled_from(get_args(SlipStage)), st.sampled_from(get_args(SlipState))
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KEY, OTHER_KEY, LOST_KEY = new_signing_key(), new_signing_key(), new_signing_key()


def signer(private: bytes, name: str, revoked_at: str | None = None) -> SlipSigner:
    public = signing_public(private)
    return SlipSigner(
        key_id=key_id(public), public=b64(public), terminal=name, name=name, place="示例村", revoked_at=revoked_at
    )


VILLAGE, TOWN = signer(KEY, "t-village"), signer(OTHER_KEY, "t-town")
LOST = signer(LOST_KEY, "t-lost", "2026-11-22T00:00:00.000Z")
SIGNERS = {each.key_id: each for each in (VILLAGE, TOWN, LOST)}
CODE = new_code()
SEAL = seal_slip(KEY, CODE, "settled", "refused", "pension-qualification", NOON)


def judged(code: str, seal: str) -> Verdict:
    return judge(SlipQr(code, seal), SIGNERS.get)


@given(CODES, STAGES, STATES, st.text(max_size=30), TIMES)
def test_a_slip_tells_who_printed_it_when_and_what_it_said(
    code: str, stage: SlipStage, state: SlipState, item: str, at: datetime
) -> None:
    url = slip_url("https://hub.example/", code, seal_slip(KEY, code, stage, state, item, at))
    slip = read_slip(url)
    assert slip is not None
    verdict = judge(slip, SIGNERS.get)
    assert (verdict.word, verdict.signer) == (Genuineness.GENUINE, VILLAGE)
    assert verdict.said is not None
    said = verdict.said
    assert (said.stage, said.state, said.item) == (stage, state, item_digest(item))
    assert timedelta(0) <= at - said.at < timedelta(minutes=1)


@given(
    st.integers(0, SEAL_CHARS - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
)
def test_not_one_character_of_a_seal_can_be_changed(place: int, other: str) -> None:
    altered = SEAL[:place] + other + SEAL[place + 1 :]
    if altered != SEAL:
        assert judged(CODE, altered).word in (Genuineness.FORGED, Genuineness.UNKNOWN)
        assert judged(CODE, altered).said is None


def test_an_altered_stage_is_found_although_everything_else_is_genuine() -> None:
    data = bytearray(base64.urlsafe_b64decode(SEAL))
    data[1] = data[1] & 0xF0 | get_args(SlipState).index("approved")
    approved = base64.urlsafe_b64encode(bytes(data)).decode()
    assert read_seal(approved).said.state == "approved"
    assert judged(CODE, approved).word is Genuineness.FORGED


@given(CODES)
def test_a_seal_copied_to_another_code_is_found(code: str) -> None:
    assert (judged(code, SEAL).word is Genuineness.GENUINE) == (code == CODE)


def test_a_made_up_code_with_a_right_check_digit_gets_no_seal() -> None:
    nobody = seal_slip(new_signing_key(), new_code(), "settled", "approved", "pension-qualification", NOON)
    assert judged(new_code(), nobody).word is Genuineness.UNKNOWN
    claimed = bytearray(base64.urlsafe_b64decode(nobody))
    claimed[12:20] = bytes.fromhex(VILLAGE.key_id)  # it says that the village signed it
    assert judged(new_code(), base64.urlsafe_b64encode(bytes(claimed)).decode()).word is Genuineness.FORGED


def test_a_stolen_terminals_slips_do_not_count_whatever_day_they_name() -> None:
    before = seal_slip(LOST_KEY, CODE, "settled", "approved", "pension-qualification", NOON - timedelta(days=400))
    verdict = judged(CODE, before)
    assert (verdict.word, verdict.signer) == (Genuineness.REVOKED, LOST)


def test_a_slip_without_a_seal_is_not_called_false_and_not_called_genuine() -> None:
    assert judged(CODE, "").word is Genuineness.UNSEALED


@given(st.text(max_size=200))
def test_what_is_no_seal_is_refused(untrusted: str) -> None:
    with suppress(MalformedRecord):
        read_seal(untrusted)
        assert untrusted == SEAL


def test_a_signature_over_a_request_is_no_seal_and_a_seal_signs_no_request() -> None:
    headers = sign_request(KEY, "t-village", "GET", "/v1/claims", b"", NOON)
    seal = base64.urlsafe_b64decode(SEAL)
    with pytest.raises(BadSignature):
        verify_request(signing_public(KEY), headers | {"Zhizhu-Signature": b64(seal[-64:])}, "GET", "/", b"", NOON)
    forged = seal[:-64] + base64.b64decode(headers["Zhizhu-Signature"])
    assert judged(CODE, base64.urlsafe_b64encode(forged).decode()).word is Genuineness.FORGED


def test_a_seal_says_nothing_of_the_person_and_leaves_room_for_a_hubs_address() -> None:
    assert len(SEAL) == SEAL_CHARS == 112
    assert "pension" not in str(base64.urlsafe_b64decode(SEAL))
    assert len(slip_url("https://zhizhu.gaozhou.maoming.gd.gov.example:8443/hub", CODE, SEAL)) <= 213


@pytest.mark.parametrize(
    "url", ["https://hub.example/verify/{}?from=scan", "HTTPS://x/verify/{}#a", " https://x/verify/{} \n"]
)
def test_what_a_phone_adds_to_an_address_does_no_harm(url: str) -> None:
    assert read_slip(url.format(SlipQr(CODE, SEAL).tail)) == SlipQr(CODE, SEAL)


def test_a_code_may_be_typed_in_its_groups_and_a_wrong_one_is_refused() -> None:
    assert read_tail(shown(CODE)) == SlipQr(CODE)
    with pytest.raises(WrongClaimCode):
        read_tail(f"123.{SEAL}")


HUB_KEY = new_signing_key()
LISTED = SlipSigners(
    made_at="2026-11-23T04:00:00.000Z", signers=(VILLAGE, LOST), items={item_digest("pension-qualification"): "养老"}
)


def test_a_list_of_signers_counts_only_as_its_own_hub_signed_it() -> None:
    signed = sign_signers(HUB_KEY, LISTED)
    assert check_signers(signing_public(HUB_KEY), signed) == LISTED
    with pytest.raises(BadSignature):
        check_signers(signing_public(OTHER_KEY), signed)
    more = SlipSigners(made_at=LISTED.made_at, signers=(VILLAGE, LOST, TOWN), items=LISTED.items)
    with pytest.raises(BadSignature):
        check_signers(signing_public(HUB_KEY), signed | {"list": more.model_dump(mode="json")})


@pytest.mark.parametrize("untrusted", [None, [], {}, {"list": {}}, {"list": [], "signature": "AAAA"}, "x"])
def test_what_is_no_list_is_refused(untrusted: object) -> None:
    with pytest.raises((MalformedRecord, BadSignature)):
        check_signers(signing_public(HUB_KEY), untrusted)
