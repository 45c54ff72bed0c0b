"""What a city's node and the provincial centre say to each other: sealed questions and answers, and the sharing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.gateway.words import Word

QUESTIONS: Final = "/v1/nodes/questions"
SHARING: Final = "/v1/nodes/sharing"
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class NodeQuestion(_Part):
    """One person's fields of one source, for a purpose and a case of the node; answered to `reply_to` (X25519, b64)."""

    source: str = Field(max_length=16)
    id_number: str = Field(pattern=r"^[0-9A-Za-z]{5,30}$")
    fields: tuple[_Name, ...] = Field(min_length=1, max_length=60)
    purpose: str = Field(min_length=1, max_length=90)
    reference: str = Field(min_length=1, max_length=60)
    reply_to: str = Field(max_length=64)


class NodeAnswer(_Part):
    """What the centre's gateway found, by field name."""

    word: Word
    known: bool = False
    values: dict[str, Any] = Field(default_factory=dict, max_length=60)
    as_of: date | None = None


class Sealed(_Part):
    """A question or an answer as it travels."""

    sealed: str = Field(max_length=256 * 1024)


class SharedField(_Part):
    """How one approval stands at the centre."""

    purpose: str = Field(max_length=90)
    source: str = Field(max_length=16)
    field: str = Field(max_length=40)
    state: str = Field(pattern=r"^(asked|approved|refused|withdrawn)$")
    staff: str | None = Field(default=None, max_length=40)


class CentreSharing(_Part):
    """What the centre shares, and which of its sources are mounted."""

    sharing: tuple[SharedField, ...] = Field(max_length=20_000)
    mounted: tuple[str, ...] = Field(max_length=500)


def question_aad(node: str) -> bytes:
    """What a sealed question is bound to."""
    return f"node/{node}\nquestion".encode()


def answer_aad(node: str) -> bytes:
    """What a sealed answer is bound to."""
    return f"node/{node}\nanswer".encode()
