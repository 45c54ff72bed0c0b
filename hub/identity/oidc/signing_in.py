"""Signing in at the province and coming back: state, nonce and PKCE, each good for one browser and once.

Nobody is made from outside: the province says who stands there, an administrator has said which account that is. Where
the province tells of roles or divisions, they can only take away: an account works while both sides say so.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete, func, select

from hub.hub import Hub
from hub.identity.oidc.client import OidcClient
from hub.identity.oidc.provider import CodeRefused, Provider, ProviderSilent
from hub.identity.oidc.tokens import BadToken, Expected, UnknownKey, verified
from hub.identity.roles import region_prefix
from hub.identity.tables import StaffProvince, StaffProvinceFlow
from hub.staff import Opened, Reception, Refused
from hub.tables import StaffAccount

log = logging.getLogger(__name__)
_CHARS = 2_000  # of a code or state


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where to send the browser, and what it brings back to show that it is the same."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Turned:
    """Nobody was signed in: a text id, and the subject that an administrator needs for linking it."""

    text: str
    subject: str = ""


class ProvinceDoor:
    """The door for staff who sign in at the province."""

    def __init__(self, hub: Hub, client: OidcClient, provider: Provider, reception: Reception) -> None:
        self._hub = hub
        self._client = client
        self._provider = provider
        self._reception = reception

    def begin(self, back_to: str) -> Leaving | Turned:
        """A new sign-in."""
        state, browser, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), self._hub.clock()
        try:
            places = self._provider.places()
        except ProviderSilent:
            return Turned("hub.province.silent")
        with self._hub.database.writing() as session:
            session.execute(delete(StaffProvinceFlow).where(StaffProvinceFlow.expires_at <= now))
            under_way = session.scalar(select(func.count()).select_from(StaffProvinceFlow)) or 0
            if under_way >= self._client.flows:
                return Turned("hub.province.busy")
            session.add(
                StaffProvinceFlow(
                    state_hash=_hash(state),
                    browser_hash=_hash(browser),
                    began_at=now,
                    expires_at=now + timedelta(minutes=self._client.minutes),
                )
            )
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": back_to,
            "scope": "openid",
            "state": state,
            "nonce": self._made("nonce", state),
            "code_challenge": _challenge(self._made("verifier", state)),
            "code_challenge_method": "S256",
        }
        mark = "&" if "?" in places.authorization_endpoint else "?"
        return Leaving(f"{places.authorization_endpoint}{mark}{urlencode(asked)}", browser)

    def finish(self, back: Mapping[str, str], browser: str, back_to: str) -> Opened | Turned:
        """Whoever comes back from the provider; the sign-in is spent whatever comes of it."""
        state, code = back.get("state", ""), back.get("code", "")
        began = self._spend(state, browser)
        if began is None or back.get("iss", self._client.issuer) != self._client.issuer:
            return Turned("hub.province.stale")
        if "error" in back or not 0 < len(code) <= _CHARS:
            return Turned("hub.province.denied")
        try:
            token = self._provider.token(code, self._made("verifier", state), back_to)
            claims = self._believed(token, self._made("nonce", state), began)
        except ProviderSilent:
            return Turned("hub.province.silent")
        except CodeRefused:
            return Turned("hub.province.stale")
        except BadToken as bad:
            log.warning("省统一身份认证给的凭据不可信：%s。An ID token is not believed.", bad.word)
            return Turned("hub.province.forged")
        return self._entered(claims)

    def leave(self, back_to: str) -> str:
        """Where one signs out at the provider, too; empty where it has no such place, or is silent."""
        try:
            address = self._provider.places().end_session_endpoint
        except ProviderSilent:
            return ""
        asked = urlencode({"client_id": self._client.client_id, "post_logout_redirect_uri": back_to})
        return f"{address}{'&' if '?' in address else '?'}{asked}" if address else ""

    def _spend(self, state: str, browser: str) -> float | None:
        """When the sign-in began; None where this browser began none, or it is over or spent."""
        if not (0 < len(state) <= _CHARS and 0 < len(browser) <= _CHARS):
            return None
        key = _hash(state)
        with self._hub.database.writing() as session:
            row = session.get(StaffProvinceFlow, key, with_for_update=True)
            if row is None:
                return None
            session.delete(row)
            good = row.expires_at > self._hub.clock() and hmac.compare_digest(row.browser_hash, _hash(browser))
            return row.began_at.timestamp() if good else None

    def _believed(self, token: object, nonce: str, began: float) -> dict[str, Any]:
        client, now = self._client, self._hub.clock().timestamp()
        expected = Expected(client.issuer, client.client_id, nonce, now, client.leeway_s, began)
        try:
            return verified(token, self._provider.keys(), expected)
        except UnknownKey:
            return verified(token, self._provider.keys(fresh=True), expected)

    def _entered(self, claims: Mapping[str, Any]) -> Opened | Turned:
        subject, client = str(claims["sub"]), self._client
        with self._hub.database.reading() as session:
            link = session.get(StaffProvince, (client.issuer, subject))
            account = None if link is None else session.get(StaffAccount, link.staff)
        if account is None:
            return Turned("hub.province.unlinked", subject)
        if not allowed(client, claims, account.role, account.region):
            return Turned("hub.province.role")
        opened = self._reception.enter_from_province(account.name, strong=_strong(client, claims))
        return Turned(opened.text) if isinstance(opened, Refused) else opened

    def _made(self, what: str, state: str) -> str:
        """Made anew from the state, which the database knows only as a hash: nothing in it helps to come back."""
        digest = hmac.new(self._hub.keys.recovery_index, f"oidc/{what}/{state}".encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def allowed(client: OidcClient, claims: Mapping[str, Any], role: str, region: str) -> bool:
    """Whether the province still gives somebody the account's role and division; not asked, it need not."""
    if client.roles_claim:
        said, known = claims.get(client.roles_claim), dict(client.roles)
        values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        if role not in {known.get(value) for value in values if isinstance(value, str)}:
            return False
    if client.region_claim:
        division = claims.get(client.region_claim)
        if not isinstance(division, str) or not (
            2 <= len(division) <= 12 and division.isascii() and division.isdigit()
        ):
            return False
        return region_prefix(region).startswith(region_prefix(division.ljust(12, "0")))
    return True


def _strong(client: OidcClient, claims: Mapping[str, Any]) -> bool:
    said = claims.get("amr")
    values = [claims.get("acr"), *(said if isinstance(said, list) else ())]
    return any(isinstance(value, str) and value in client.strong for value in values)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
