"""An ID token is believed only whole: each rule of the standard, one wrong thing at a time."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.oidc.sandbox import OFFICERS, SandboxProvider
from hub.identity.oidc.tokens import BadToken, Expected, UnknownKey, verified

NOW = 1_800_000_000.0
EXPECTED = Expected("https://sso.example", "zhizhu-hub", "nonce-1", NOW, 60.0, NOW - 30)
PROVIDERS = {name: SandboxProvider("https://sso.example", lambda: NOW) for name in ("RS256", "ES256")}
PROVIDERS["ES256"].new_keys("ES256")


def token(algorithm: str = "ES256", **changes: object) -> str:
    """A token that is right but for what the test changes; None takes a claim away."""
    claims: dict[str, object] = {
        "iss": "https://sso.example",
        "sub": OFFICERS[0].subject,
        "aud": "zhizhu-hub",
        "nonce": "nonce-1",
        "iat": NOW,
        "exp": NOW + 300,
    } | changes
    return PROVIDERS[algorithm]._signed({name: value for name, value in claims.items() if value is not None})


def believed(made: object, algorithm: str = "ES256", **expected: Any) -> Mapping[str, Any]:
    keys = PROVIDERS[algorithm].public_keys()
    return verified(made, keys, Expected(**{**{name: getattr(EXPECTED, name) for name in _NAMES}, **expected}))


_NAMES = ("issuer", "client_id", "nonce", "now", "leeway_s", "oldest")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_right_token_is_believed(algorithm: str) -> None:
    assert believed(token(algorithm), algorithm)["sub"] == OFFICERS[0].subject
    assert believed(token(aud=["other", "zhizhu-hub"], azp="zhizhu-hub"))["azp"] == "zhizhu-hub"
    assert believed(token(exp=NOW - 59)), "the clocks may differ by the leeway"
    assert believed(token(iat=NOW + 59, nbf=NOW + 59))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"iss": "https://sso.example/"}, "issuer"),
        ({"aud": "other"}, "audience"),
        ({"aud": ["other"]}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": ["zhizhu-hub", "other"]}, "party"),
        ({"azp": "other"}, "party"),
        ({"nonce": "nonce-2"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": NOW - 60}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": float("nan")}, "exp"),  # neither before nor after anything
        ({"iat": float("nan")}, "iat"),
        ({"exp": 10**400}, "exp"),
        ({"iat": NOW + 61}, "made"),
        ({"iat": NOW - 91}, "made"),  # from before the sign-in began
        ({"nbf": NOW + 61}, "early"),
        ({"sub": ""}, "subject"),
        ({"sub": 7}, "subject"),
        ({"sub": "s" * 256}, "subject"),
        ({"sub": "a\nb"}, "subject"),
    ],
)
def test_each_claim_has_to_be_right(changes: dict[str, object], word: str) -> None:
    with pytest.raises(BadToken) as bad:
        believed(token("ES256", **changes))
    assert bad.value.word == word


def test_no_other_algorithm_and_no_other_key_counts() -> None:
    made, keys = token(), PROVIDERS["ES256"].public_keys()
    head, body, signature = made.split(".")
    for header in ({"alg": "none"}, {"alg": "HS256"}, {"alg": "ES512"}, {}, {"alg": "ES256", "crit": ["x"]}):
        with pytest.raises(BadToken):
            believed(".".join((_text(header), body, signature)))
    with pytest.raises(UnknownKey):
        verified(made, [], EXPECTED)
    with pytest.raises(UnknownKey):
        verified(made, PROVIDERS["RS256"].public_keys(), EXPECTED)
    with pytest.raises(UnknownKey):
        verified(made, [*keys, *keys], EXPECTED)
    for spoilt in ({"crv": "P-384"}, {"x": "AA"}, {"x": 7}, {"y": "!"}):
        with pytest.raises(BadToken):
            verified(made, [{**keys[0], **spoilt}], EXPECTED)
    small = {**PROVIDERS["RS256"].public_keys()[0], "n": "AQAB"}
    with pytest.raises(BadToken):
        verified(token("RS256"), [small], EXPECTED)
    assert head


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=5))
def test_a_token_changed_in_one_bit_is_never_believed(at: int, bit: int) -> None:
    head, body, signature = token().split(".")
    at %= len(body)
    other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = other[other.index(body[at]) ^ (1 << bit)]
    with pytest.raises(BadToken):
        believed(".".join((head, body[:at] + changed + body[at + 1 :], signature)))


@given(st.one_of(st.text(), st.none(), st.integers(), st.binary().map(lambda raw: raw.hex() + ".e30." + raw.hex())))
def test_what_is_no_token_is_refused_in_a_word(junk: object) -> None:
    with pytest.raises(BadToken):
        believed(junk)


def _text(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_that_is_no_ascii_has_no_shape() -> None:
    head, _, signature = token().split(".")
    with pytest.raises(BadToken) as bad:
        believed(f"{head}.é.{signature}")
    assert bad.value.word == "shape"
