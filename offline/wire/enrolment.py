"""How a terminal becomes one of the hub's: a one-off key for a name, keys and secrets."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

_KEY_B64 = r"^[A-Za-z0-9+/]{43}=$"  # 32 bytes


class EnrolmentRequest(BaseModel):
    """What a terminal sends with its one-off key."""

    model_config = ConfigDict(frozen=True)
    key: str = Field(min_length=8, max_length=200)
    name: str = Field(min_length=1, max_length=80)
    region: str = Field(pattern=r"^[0-9]{12}$")
    signing_public: str = Field(pattern=_KEY_B64)
    settings_schema: dict[str, object] = Field(default_factory=dict)


class EnrolmentReply(BaseModel):
    """What the hub gives it: the terminal's id, the hub's public keys, two secrets for keyed hashes (all b64)."""

    model_config = ConfigDict(frozen=True)
    terminal_id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    hub_sealing_public: str = Field(pattern=_KEY_B64)
    hub_sealing_key_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    hub_signing_public: str = Field(pattern=_KEY_B64)
    hub_keys_version: int = Field(default=1, ge=1)
    claim_key: str = Field(pattern=_KEY_B64)
    subject_key: str = Field(pattern=_KEY_B64)
