"""What an item asks of a resident: form fields and where they are filled from, papers and what replaces them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from seeds.words import Words

Asked = Literal["choice", "yes_no", "whole", "yuan", "phone", "digits", "date", "id_number", "text"]
Prefill = Annotated[
    str,
    StringConstraints(
        pattern=r"^(card\.(name|number|birth|address|layout)|person\.(name|phone)|typed\.number"
        r"|subject\.(name|number|birth)|hub\.[a-z][a-z0-9_]*)$"
    ),
]
Answer = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
MOST_CHOICES = 24


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Choice(_Data):
    """One answer that may be touched."""

    value: Answer
    label: Words
    detail: Words | None = None


class FormField(_Data):
    """One field of the form: a JSON Schema, and where the value may come from so that nobody types it."""

    name: FieldName
    label: Words
    json_schema: dict[str, Any] = Field(alias="schema")
    prefill: tuple[Prefill, ...] = ()
    editable: bool = True
    ask: Words | None = None  # the question as it is put; none: the label
    hint: Words | None = None
    required: bool = True
    unit: Literal["fen"] | None = None  # an amount of money: typed in yuan, kept in fen
    choices: tuple[Choice, ...] = Field(default=(), max_length=MOST_CHOICES)
    options: FieldName | None = None  # the choices are the hub's to tell, under this name (places left, addresses …)
    # asked only where these fields have these values; `none`: where it has none
    when: dict[FieldName, Answer] = Field(default_factory=dict)

    @property
    def asked(self) -> Asked:
        """How it is asked for on a terminal without a keyboard; `text` can only be filled from elsewhere."""
        kind = self.json_schema["type"]
        if self.choices or self.options is not None:
            return "choice"
        if kind == "boolean":
            return "yes_no"
        if kind == "integer":
            return "yuan" if self.unit == "fen" else "whole"
        match self.json_schema.get("format"):
            case "date":
                return "date"
            case "phone":
                return "phone"
            case "id-number":  # of somebody else who has a part in it
                return "id_number"
        return "digits" if str(self.json_schema.get("pattern", "")).startswith("^[0-9]") else "text"

    @field_validator("json_schema")
    @classmethod
    def _plain_schema(cls, schema: dict[str, Any]) -> dict[str, Any]:
        if schema.get("type") not in ("string", "integer", "boolean"):
            raise ValueError("的 type 只能是 string、integer 或 boolean")
        unknown = set(schema) - {"type", "maxLength", "minLength", "pattern", "enum", "format", "minimum", "maximum"}
        if unknown:
            raise ValueError(f"里有不支持的 {'、'.join(sorted(unknown))}")
        if "pattern" in schema:
            try:
                re.compile(schema["pattern"])
            except (re.error, TypeError) as error:
                raise ValueError("的 pattern 不是正确的正则表达式") from error
        return schema

    @model_validator(mode="after")
    def _fits_together(self) -> FormField:
        values = [choice.value for choice in self.choices]
        if len(set(values)) < len(values):
            raise ValueError("的 choices 里有重复的 value")
        if self.choices and self.options is not None:
            raise ValueError("的 choices 和 options 只能写一个")
        if values and self.json_schema["type"] != "string":
            raise ValueError("有 choices 的项 type 要是 string")
        if self.unit is not None and self.json_schema["type"] != "integer":
            raise ValueError("的 unit: fen 只用于 integer")
        if self.asked in ("whole", "yuan") and "maximum" not in self.json_schema:
            raise ValueError("的数目要有上限（maximum）")
        if self.asked == "digits" and "maxLength" not in self.json_schema:
            raise ValueError("的号码要有最多几位（maxLength）")
        return self


class Document(_Data):
    """A paper the resident would bring, and the certificates that replace it."""

    id: FieldName | None = None  # needed where the item has a documents step
    words: Words = Field(alias="name")
    required: bool
    kept: bool = False  # False: shown only, given back
    replaced_by: tuple[str, ...] = ()
    later_days: int | None = Field(default=None, ge=1, le=90)  # it may be brought within so many days (容缺)
    scan: bool = True  # it may be laid under the document camera instead


class Attachment(_Data):
    """What a resident may give besides words: a photo, a voice note, a signature by hand."""

    id: FieldName
    kind: Literal["photo", "voice", "signature"]
    label: Words
    ask: Words  # the question as it is put
    hint: Words | None = None
    required: bool = False
