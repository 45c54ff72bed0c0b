"""Asks the province's identity provider: where things are, its keys, the token for a code. Every wait ends."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, Final, Protocol
from urllib.parse import quote_plus, urlencode

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from hub.identity.oidc.client import OidcClient, safe
from hub.moments import Clock

DISCOVERY: Final = "/.well-known/openid-configuration"
_AGAIN_S: Final = 30.0  # keys are not fetched anew more often, whatever tokens name
_PAUSE_S: Final = 10.0  # one that did not say where things are is not asked again at once
_AT_ONCE: Final = 4  # questions under way: a silent provider must not hold the threads that serve terminals


class ProviderSilent(Exception):
    """The provider did not answer in time, or not as one."""


class CodeRefused(Exception):
    """The provider does not take this code: it was used, is too old, or was not made for us."""


class Places(BaseModel):
    """Where the provider's parts are."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""


class Provider(Protocol):
    """The identity provider in the hub's words."""

    def places(self) -> Places:
        """Where to send a browser. Raises ProviderSilent."""
        ...

    def keys(self, *, fresh: bool = False) -> tuple[object, ...]:
        """Its keys (JWK), untrusted; `fresh` where a token named one that is not there. Raises ProviderSilent."""
        ...

    def token(self, code: str, verifier: str, back_to: str) -> object:
        """The ID token for a code, untrusted. Raises ProviderSilent or CodeRefused."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    at: float


class HttpProvider:
    """The provider over HTTP."""

    def __init__(self, client: OidcClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._slots = BoundedSemaphore(_AT_ONCE)
        self._places: _Kept | None = None
        self._keys: _Kept | None = None
        self._failed_at: float | None = None
        limits = httpx.Limits(max_keepalive_connections=0)
        self._line = httpx.Client(timeout=client.deadline_s, limits=limits, follow_redirects=False)

    def places(self) -> Places:
        """See `Provider`."""
        kept = self._places
        if kept is None or self._age(kept.at) > self._client.keys_s:
            if self._failed_at is not None and self._age(self._failed_at) < _PAUSE_S:
                raise ProviderSilent
            try:
                kept = self._places = _Kept(self._found(), self._now())
            except ProviderSilent:
                self._failed_at = self._now()
                raise
        found: Places = kept.value
        return found

    def keys(self, *, fresh: bool = False) -> tuple[object, ...]:
        """See `Provider`."""
        kept = self._keys
        if kept is None or self._age(kept.at) > (_AGAIN_S if fresh else self._client.keys_s):
            keys = self._asked("GET", self.places().jwks_uri).get("keys")
            kept = self._keys = _Kept(tuple(keys) if isinstance(keys, list) else (), self._now())
        found: tuple[object, ...] = kept.value
        return found

    def token(self, code: str, verifier: str, back_to: str) -> object:
        """See `Provider`."""
        client = self._client
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back_to, "code_verifier": verifier}
        login = None
        if client.secret:  # RFC 6749, 2.3.1: both are form-encoded before they go into the header
            login = httpx.BasicAuth(quote_plus(client.client_id), quote_plus(client.secret))
        else:
            form["client_id"] = client.client_id
        return self._asked("POST", self.places().token_endpoint, form, login).get("id_token")

    def _found(self) -> Places:
        said = self._asked("GET", self._client.issuer.rstrip("/") + DISCOVERY)
        try:
            places = Places.model_validate(said)
        except ValidationError:
            raise ProviderSilent from None
        used = (places.authorization_endpoint, places.token_endpoint, places.jwks_uri)
        leaves = (places.end_session_endpoint,) if places.end_session_endpoint else ()
        if places.issuer != self._client.issuer or not all(safe(one) for one in (*used, *leaves)):
            raise ProviderSilent
        return places

    def _asked(
        self, method: str, address: str, form: dict[str, str] | None = None, login: httpx.Auth | None = None
    ) -> dict[str, Any]:
        if not self._slots.acquire(blocking=False):
            raise ProviderSilent
        try:
            return self._answer(method, address, form, login)
        finally:
            self._slots.release()

    def _answer(
        self, method: str, address: str, form: dict[str, str] | None, login: httpx.Auth | None
    ) -> dict[str, Any]:
        end, body = time.monotonic() + self._client.deadline_s, b""
        headers = {"Accept": "application/json"}
        content = None if form is None else urlencode(form).encode("ascii")
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with self._line.stream(method, address, content=content, headers=headers, auth=login) as reply:
                for piece in reply.iter_bytes():
                    body += piece
                    if len(body) > self._client.answer_bytes or time.monotonic() > end:
                        raise ProviderSilent
        except httpx.HTTPError:
            raise ProviderSilent from None
        if method == "POST" and 400 <= reply.status_code < 500:
            raise CodeRefused
        try:
            said = json.loads(body) if reply.is_success else None
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise ProviderSilent
        return said

    def _now(self) -> float:
        return self._clock().timestamp()

    def _age(self, at: float) -> float:
        return abs(self._now() - at)
