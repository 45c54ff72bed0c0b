"""What a hub is to its province's identity provider, as the file of `hub serve --oidc` says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hub.identity.roles import ROLES
from hub.trouble import HubTrouble

_LOCAL = ("127.0.0.1", "localhost", "::1")
_SECRET_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class OidcClient:
    """The provider, our name there, what its claims mean here, and the bounds of asking it."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)  # none: PKCE alone
    hub_url: str = ""  # where staff reach this hub; none: as the browser says, which a proxy may falsify
    roles_claim: str = ""  # none: the provider is not asked for roles
    roles: tuple[tuple[str, str], ...] = ()  # the claim's values, and the role of ours each stands for
    region_claim: str = ""  # none: nor for divisions
    strong: tuple[str, ...] = ()  # values of acr or amr that stand for our second factor; none: it is always asked
    leeway_s: float = 60.0  # between its clock and ours
    deadline_s: float = 5.0
    minutes: int = 10  # from leaving for the provider to coming back
    keys_s: float = 3600.0  # how long its keys are believed without asking again
    answer_bytes: int = 256 * 1024
    starts_per_minute: int = 30  # of one address
    flows: int = 5_000  # that may be under way at once


def safe(url: str) -> bool:
    """Whether nobody on the way can read or change what travels: TLS, or this machine."""
    try:
        parts = urlsplit(url)
        local = parts.hostname in _LOCAL
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


def _safe(url: str) -> str:
    if url and not safe(url):
        raise ValueError("https, or this machine")
    return url


def _role(role: str) -> str:
    if role not in ROLES:
        raise ValueError("no such role")
    return role


_Word = Annotated[str, Field(min_length=1, max_length=100)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    issuer: Annotated[str, AfterValidator(_safe)] = Field(min_length=1, max_length=300)
    client_id: _Word
    secret_file: Path | None = None  # beside this file where it is no full path
    hub_url: Annotated[str, AfterValidator(_safe)] = Field(default="", max_length=300)
    roles_claim: str = Field(default="", max_length=100)
    roles: dict[_Word, Annotated[str, AfterValidator(_role)]] = Field(default_factory=dict, max_length=100)
    region_claim: str = Field(default="", max_length=100)
    second_factor: tuple[_Word, ...] = Field(default=(), max_length=20)
    leeway_s: float = Field(default=60.0, ge=0, le=600)
    deadline_s: float = Field(default=5.0, gt=0, le=60)


def read_oidc(path: Path | None) -> OidcClient | None:
    """The provider of the file (JSON); raises HubTrouble."""
    if path is None:
        return None
    try:
        said = _File.model_validate_json(path.read_bytes())
        secret = "" if said.secret_file is None else _secret(path.parent / said.secret_file)
    except (OSError, ValueError, ValidationError):
        raise HubTrouble(
            f"{path} 不是省统一身份认证的设置，或里面写的密钥文件读不到。That file does not describe a provider.",
            "要写 issuer、client_id，地址用 https://；密钥另放一个文件（secret_file）。Needs issuer and client_id.",
        ) from None
    return OidcClient(
        issuer=said.issuer,
        client_id=said.client_id,
        secret=secret,
        hub_url=said.hub_url.rstrip("/"),
        roles_claim=said.roles_claim,
        roles=tuple(said.roles.items()),
        region_claim=said.region_claim,
        strong=said.second_factor,
        leeway_s=said.leeway_s,
        deadline_s=said.deadline_s,
    )


def _secret(path: Path) -> str:
    secret = path.read_text(encoding="utf-8").strip()
    if not 1 <= len(secret) <= _SECRET_BYTES:
        raise ValueError("no secret")
    return secret
