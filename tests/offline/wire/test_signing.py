"""A request counts only if its terminal signed exactly it, about now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from offline.wire.helper_list import Helper, HelperList, check_list, sign_list
from offline.wire.signing import new_signing_key, sign_request, signer, signing_public, verify_request
from offline.wire.trouble import BadSignature, ClockApart, MalformedRecord
from tests.offline.ground import NOON, REGION

PRIVATE = new_signing_key()
PUBLIC = signing_public(PRIVATE)
SIGNED = sign_request(PRIVATE, "t-1", "post", "/v1/terminals/t-1/events?a=1", b"body", NOON)


def test_a_signed_request_is_accepted_whatever_the_case_of_its_headers() -> None:
    verify_request(PUBLIC, SIGNED, "POST", "/v1/terminals/t-1/events?a=1", b"body", NOON)
    lower = {name.lower(): value for name, value in SIGNED.items()}
    verify_request(PUBLIC, lower, "POST", "/v1/terminals/t-1/events?a=1", b"body", NOON + timedelta(minutes=4))
    assert signer(lower) == "t-1"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/terminals/t-1/events?a=1", b"body"),
        ("POST", "/v1/terminals/t-2/events?a=1", b"body"),
        ("POST", "/v1/terminals/t-1/events", b"body"),
        ("POST", "/v1/terminals/t-1/events?a=1", b"bodY"),
    ],
)
def test_another_request_is_refused(method: str, path: str, body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify_request(PUBLIC, SIGNED, method, path, body, NOON)


def test_another_terminals_key_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify_request(signing_public(new_signing_key()), SIGNED, "POST", "/v1/terminals/t-1/events?a=1", b"body", NOON)


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_a_missing_header_is_refused(name: str) -> None:
    rest = {key: value for key, value in SIGNED.items() if key != name}
    with pytest.raises(BadSignature):
        signer(rest)
        verify_request(PUBLIC, rest, "POST", "/v1/terminals/t-1/events?a=1", b"body", NOON)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_request_from_another_time_says_so(minutes: int) -> None:
    with pytest.raises(ClockApart):
        verify_request(
            PUBLIC, SIGNED, "POST", "/v1/terminals/t-1/events?a=1", b"body", NOON + timedelta(minutes=minutes)
        )


def test_a_list_of_helpers_is_believed_only_under_the_hubs_signature() -> None:
    listed = HelperList(region=REGION, version=3, helpers=(Helper(subject="a" * 64, name="吴*芳"),))
    body = sign_list(PRIVATE, listed)
    assert check_list(PUBLIC, body) == listed
    with pytest.raises(BadSignature):
        check_list(signing_public(new_signing_key()), body)
    with pytest.raises(BadSignature):
        check_list(PUBLIC, body | {"list": listed.model_copy(update={"version": 4}).model_dump(mode="json")})
    with pytest.raises(MalformedRecord):
        check_list(PUBLIC, {"list": body["list"]})
