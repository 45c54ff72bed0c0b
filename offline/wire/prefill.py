"""What a terminal may ask before a resident fills anything in: question and answer, both sealed."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST_VALUES: Final = 40
MOST_HOUSEHOLD: Final = 20
MOST_OPTIONS: Final = 24
MOST_ORGANISATIONS: Final = 20
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, StringConstraints(max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PrefillQuestion(_Part):
    """For which item and person, and how sure it is who stands there; `reply_to` is a one-off X25519 key (b64)."""

    item: str = Field(min_length=1, max_length=80)
    id_number: str = Field(min_length=5, max_length=30, pattern=r"^[0-9A-Za-z]+$")
    # `card`: it only lies on the reader; nothing is told but that something waits
    level: Literal["card", "card_face", "card_witnessed", "card_later_check", "typed_witnessed"]
    reply_to: str = Field(max_length=64)


class PrefillKin(_Part):
    """Somebody of the same household."""

    name: Text
    id_number: str = Field(min_length=5, max_length=30, pattern=r"^[0-9A-Za-z]+$")
    birth: str = Field(default="", pattern=r"^([0-9]{8})?$")


class PrefillOrganisation(_Part):
    """An organisation that who asks may act for, in this item and today."""

    uscc: str = Field(pattern=r"^[0-9A-Z]{18}$")  # GB 32100
    name: Text
    kind: Text = ""
    role: Literal["representative", "agent"]


class PrefillOption(_Part):
    """An answer that can be chosen; `left`: how many are still to be had, where they are counted."""

    value: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    name: Text
    detail: Text = ""
    left: int | None = Field(default=None, ge=0)


class Prefill(_Part):
    """What the hub could tell; whatever it did not know is simply not there."""

    values: dict[Name, bool | int | Text] = Field(default_factory=dict, max_length=MOST_VALUES)
    household: tuple[PrefillKin, ...] = Field(default=(), max_length=MOST_HOUSEHOLD)
    options: dict[Name, tuple[PrefillOption, ...]] = Field(default_factory=dict, max_length=MOST_VALUES)
    certificates: tuple[Text, ...] = Field(default=(), max_length=MOST_VALUES)
    organisations: tuple[PrefillOrganisation, ...] = Field(default=(), max_length=MOST_ORGANISATIONS)


class SealedReply(_Part):
    """The answer, sealed to the question's `reply_to`."""

    sealed: str = Field(max_length=64 * 1024)


def question_aad(terminal_id: str) -> bytes:
    """What a sealed question is bound to."""
    return f"terminal/{terminal_id}\nprefill".encode()


def reply_aad(terminal_id: str) -> bytes:
    """What a sealed answer is bound to."""
    return f"terminal/{terminal_id}\nprefill-reply".encode()
