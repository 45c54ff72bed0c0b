"""Reads the certificate kinds; a new kind is one YAML file and touches no Python."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from seeds.decision_rule import FactPath
from seeds.identifiers.uscc import uscc_ok
from seeds.item import Slug
from seeds.places import CERTIFICATES
from seeds.trouble import SeedTrouble
from seeds.words import Words

HOLDER_FIELDS: Final = ("name", "number")
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PaperField(_Data):
    """One labelled line of the paper: where its value stands among what the rule read, and how it is shown."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Line
    source: FactPath = Field(alias="from")
    show: Literal["text", "day", "division", "number", "yuan"] = "text"
    values: dict[str, Line] = Field(default_factory=dict)  # what coded values are called


class KindSeal(_Data):
    """Which seal: a named one used by rule, or the custodian's seal of the case's own village."""

    use: Literal["rule", "custodian"]
    id: Slug | None = None

    @model_validator(mode="after")
    def _named_or_local(self) -> KindSeal:
        if (self.use == "rule") != (self.id is not None):
            raise ValueError("里 use 为 rule 时要写 id，为 custodian 时不写（用办件所在村的章）")
        return self


class PaperLink(_Data):
    """A second code on the paper, to another page of the hub: of what, where its value stands, and what it is for."""

    source: FactPath = Field(alias="from")
    to: str = Field(pattern=r"^/[a-z/]+/$", max_length=60)
    caption: Line


class CertificateKind(_Data):
    """One kind: the words of its paper, its seal, its validity, and the papers it replaces."""

    id: Slug
    title: Words
    code: str = Field(pattern=r"^[0-9A-Z]{3}$")  # the last three of the 21 characters of GB/T 36904
    defined_by: str  # USCC of the body that defines the kind
    family: Slug | None = None  # kinds that end with one another when the thing has another holder; none: its own
    seal: KindSeal
    holder: Literal["person", "organisation"] = "person"  # organisation: the one that was acted for, by its USCC
    signature: str = Field(default="", pattern=r"^([a-z][a-z0-9_]*)?$")  # the item's attachment that stands on it
    valid_days: int = Field(ge=1, le=36_500)
    text: tuple[Line, ...] = Field(min_length=1, max_length=12)
    fields: tuple[PaperField, ...] = Field(default=(), max_length=20)
    note: Line = ""
    link: PaperLink | None = None
    replaces: tuple[Line, ...] = ()
    by_hand_minutes: int | None = Field(default=None, ge=1)  # what it took on paper; only compared, never promised

    @property
    def type_code(self) -> str:
        """The 21 characters of the kind in an identifier (GB/T 36904)."""
        return self.defined_by + self.code

    def same_family(self, other: CertificateKind) -> bool:
        """Whether a thing has one of the two, not both."""
        return (self.family or self.id) == (other.family or other.id)

    @field_validator("defined_by")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        if not uscc_ok(code):
            raise ValueError("不是正确的统一社会信用代码")
        return code

    @model_validator(mode="after")
    def _fits_together(self) -> CertificateKind:
        names = [field.name for field in self.fields]
        if len(set(names)) < len(names) or set(names) & set(HOLDER_FIELDS):
            raise ValueError("的 fields 里 name 重复，或用了 name、number")
        known = {*names, *HOLDER_FIELDS}
        try:
            used = {name for line in self.text for _, name, _, _ in Formatter().parse(line) if name is not None}
        except ValueError as error:
            raise ValueError("的 text 里花括号没有成对") from error
        if not used <= known:
            raise ValueError(f"的 text 里有不认识的 {'、'.join(sorted(used - known))}")
        return self


@dataclass(frozen=True)
class CertificateKinds:
    """All kinds, in the order of their files."""

    all: tuple[CertificateKind, ...]

    @classmethod
    def load(cls, folder: Path = CERTIFICATES) -> CertificateKinds:
        """Reads one file per kind; the file's name is its id. The first thing wrong is raised."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found = []
        for path in sorted(folder.glob("*.yaml")):
            file = read_yaml(path)
            found.append(parsed(CertificateKind, file, {"id": path.stem.replace("_", "-"), **file.mapping()}))
        if not found:
            raise SeedTrouble(f"{folder} 里没有证照种类。", "请检查安装是否完整。")
        codes = [kind.type_code for kind in found]
        for code in codes:
            if codes.count(code) > 1:
                raise SeedTrouble(f"证照类型代码 {code} 用了两次。", "请给其中一个换一个代码。")
        return cls(tuple(found))

    def get(self, kind: str) -> CertificateKind | None:
        """The kind of this id; None where there is none."""
        return self._by_id.get(kind)

    def __getitem__(self, kind: str) -> CertificateKind:
        """The kind of this id; raises KeyError."""
        return self._by_id[kind]

    @cached_property
    def _by_id(self) -> dict[str, CertificateKind]:
        return {kind.id: kind for kind in self.all}
