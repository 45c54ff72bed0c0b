"""The sandbox's identity provider (演示): a small application of its own, with invented staff and faults at will.

It keeps what it must (codes once, PKCE, the redirect that was registered with the client) and can be late, silent or
wrong in every way that a relying party has to notice.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import unquote_plus, urlencode

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

Manner = Literal[
    "well", "late", "silent", "bad_signature", "wrong_nonce", "wrong_audience", "wrong_issuer", "expired",
    "unsigned", "stolen_key", "elsewhere",
]  # fmt: skip
MANNERS: Final[tuple[Manner, ...]] = get_args(Manner)
Algorithm = Literal["RS256", "ES256"]
CLIENT, SECRET = "zhizhu-hub", "yanshi-miyao-not-secret"
CODE_S: Final = 60.0
TOKEN_S: Final = 300
_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Officer:
    """An invented member of the staff, as the province knows them."""

    subject: str
    name: str
    roles: tuple[str, ...]
    division: str
    acr: str = "1"  # "2": shown with a second factor


OFFICERS: Final = (
    Officer("gd-2001", "陈经办（演示）", ("banshi",), "440981"),
    Officer("gd-2002", "李经办（演示），用了动态口令", ("banshi",), "440981", "2"),
    Officer("gd-2003", "王运维（演示）", ("yunwei",), "44"),
    Officer("gd-2004", "赵外县（演示）", ("banshi",), "440982"),
)


@dataclass(slots=True)
class _Key:
    """A signing key of the provider, with the name that tokens call it by."""

    algorithm: Algorithm
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    name: str = field(default_factory=lambda: secrets.token_hex(4))

    @classmethod
    def new(cls, algorithm: Algorithm) -> _Key:
        if algorithm == "RS256":
            return cls(algorithm, rsa.generate_private_key(65_537, _RSA_BITS))
        return cls(algorithm, ec.generate_private_key(ec.SECP256R1()))

    def public(self) -> dict[str, str]:
        about = {"kid": self.name, "use": "sig", "alg": self.algorithm}
        match self.private:
            case rsa.RSAPrivateKey():
                numbers = self.private.public_key().public_numbers()
                return {**about, "kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
            case ec.EllipticCurvePrivateKey():
                point = self.private.public_key().public_numbers()
                return {**about, "kty": "EC", "crv": "P-256", "x": _number(point.x, 32), "y": _number(point.y, 32)}

    def sign(self, text: bytes) -> bytes:
        match self.private:
            case rsa.RSAPrivateKey():
                return self.private.sign(text, PKCS1v15(), SHA256())
            case ec.EllipticCurvePrivateKey():
                r, s = decode_dss_signature(self.private.sign(text, ec.ECDSA(SHA256())))
                return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclass(frozen=True, slots=True)
class _Code:
    officer: Officer
    nonce: str
    challenge: str
    back_to: str
    made: float


class SandboxProvider:
    """What the provider remembers; its clock is given, so that it can live in another time than its clients."""

    def __init__(self, issuer: str, clock: Callable[[], float] = time.time, *, late_s: float = 10.0) -> None:
        self.issuer = issuer
        self.clock = clock
        self.manner: Manner = "well"
        self.late_s = late_s
        self.freed = Event()  # ends every wait of the late and the silent
        self._lock = Lock()
        self._codes: dict[str, _Code] = {}
        self.new_keys("RS256")

    def new_keys(self, algorithm: Algorithm) -> None:
        """Another key from now on; the one before is forgotten."""
        self._key = _Key.new(algorithm)

    def public_keys(self) -> list[dict[str, str]]:
        """What may be fetched by anyone."""
        return [self._key.public()]

    def code_for(self, officer: Officer, asked: Mapping[str, str]) -> str:
        """A code that is good once, for a minute."""
        code, now = secrets.token_urlsafe(24), self.clock()
        with self._lock:
            self._codes = {name: one for name, one in self._codes.items() if now - one.made <= CODE_S}
            self._codes[code] = _Code(
                officer, asked.get("nonce", ""), asked.get("code_challenge", ""), asked.get("redirect_uri", ""), now
            )
        return code

    def token_for(self, code: str, verifier: str, back_to: str) -> str | None:
        """The token of a code; None where the code, its verifier or the redirect is not the one of the beginning."""
        with self._lock:
            made = self._codes.pop(code, None)
        if made is None or self.clock() - made.made > CODE_S or made.back_to != back_to:
            return None
        if _text(hashlib.sha256(verifier.encode("utf-8")).digest()) != made.challenge:
            return None
        return self._signed(self._claims(made))

    def wait(self) -> bool:
        """Holds an answer back as the manner wants it; whether there is to be none at all."""
        if self.manner in ("late", "silent"):
            self.freed.wait(self.late_s)
        return self.manner == "silent"

    def _claims(self, made: _Code) -> dict[str, object]:
        now, officer = int(self.clock()), made.officer
        claims: dict[str, object] = {
            "iss": self.issuer,
            "sub": officer.subject,
            "aud": CLIENT,
            "nonce": made.nonce,
            "iat": now,
            "exp": now + TOKEN_S,
            "acr": officer.acr,
            "roles": list(officer.roles),
            "division": officer.division,
        }
        wrong: dict[str, dict[str, object]] = {
            "wrong_nonce": {"nonce": "of-another-sign-in"},
            "wrong_audience": {"aud": "another-client"},
            "wrong_issuer": {"iss": "https://elsewhere.example"},
            "expired": {"iat": now - 2 * TOKEN_S, "exp": now - TOKEN_S},
        }
        return claims | wrong.get(self.manner, {})

    def _signed(self, claims: Mapping[str, object]) -> str:
        key = self._key
        if self.manner == "stolen_key":  # somebody else's, under the name of ours
            key = _Key(key.algorithm, _Key.new(key.algorithm).private, key.name)
        header = {"alg": "none" if self.manner == "unsigned" else key.algorithm, "kid": key.name, "typ": "JWT"}
        signed = f"{_text(_json(header))}.{_text(_json(claims))}"
        if self.manner == "unsigned":
            return f"{signed}."
        signature = key.sign(signed.encode("ascii"))
        if self.manner == "bad_signature":
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return f"{signed}.{_text(signature)}"


def create_provider(provider: SandboxProvider) -> FastAPI:
    """The provider as an application: discovery, keys, a page to choose who one is, tokens, and its faults."""
    app = FastAPI(title="省统一身份认证（演示）", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/.well-known/openid-configuration")
    def places() -> dict[str, str]:
        issuer = provider.issuer
        return {
            "issuer": "https://elsewhere.example" if provider.manner == "elsewhere" else issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "end_session_endpoint": f"{issuer}/out",
        }

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": provider.public_keys()}

    @app.get("/authorize")
    def choose(request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("client_id") != CLIENT or asked.get("code_challenge_method") != "S256":
            return HTMLResponse("不认识这个应用。", 400)
        rows = "".join(
            f'<p><a href="/chosen?{html.escape(urlencode({**asked, "who": one.subject}))}">{one.name}</a></p>'
            for one in OFFICERS
        )
        denied = html.escape(urlencode({**asked, "who": ""}))
        page = f'<h1>省统一身份认证（演示）</h1>{rows}<p><a href="/chosen?{denied}">取消</a></p>'
        return HTMLResponse(
            f'<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>演示</title>{page}</html>'
        )

    @app.get("/chosen")
    def chosen(request: Request) -> Response:
        asked = dict(request.query_params)
        officer = next((one for one in OFFICERS if one.subject == asked.get("who")), None)
        said = {"error": "access_denied"} if officer is None else {"code": provider.code_for(officer, asked)}
        back = urlencode({**said, "state": asked.get("state", ""), "iss": provider.issuer})
        return RedirectResponse(f"{asked.get('redirect_uri', '')}?{back}", 303)

    @app.post("/token")
    def token(
        request: Request,
        code: Annotated[str, Form(max_length=200)] = "",
        code_verifier: Annotated[str, Form(max_length=200)] = "",
        redirect_uri: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:
        if provider.wait():
            return Response(status_code=503)
        if _login(request.headers.get("authorization", "")) != (CLIENT, SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        made = provider.token_for(code, code_verifier, redirect_uri)
        if made is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        told = {"access_token": "none", "token_type": "Bearer", "expires_in": TOKEN_S, "id_token": made}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @app.get("/out")
    def out(post_logout_redirect_uri: str = "") -> Response:
        back = html.escape(post_logout_redirect_uri)
        return HTMLResponse(f'<h1>已退出省统一身份认证（演示）</h1><p><a href="{back}">回去</a></p>')

    @app.post("/manner/{manner}")
    def behave(manner: Manner) -> dict[str, str]:
        provider.manner = manner
        return {"manner": manner, "sandbox": "演示"}

    return app


def _login(header: str) -> tuple[str, str]:
    kind, _, said = header.partition(" ")
    try:
        name, _, secret = base64.b64decode(said, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return "", ""
    return (unquote_plus(name), unquote_plus(secret)) if kind == "Basic" else ("", "")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _number(value: int, width: int = 0) -> str:
    return _text(value.to_bytes(width or (value.bit_length() + 7) // 8, "big"))


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
