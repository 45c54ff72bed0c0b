"""The packed form of a catalogue: one header line with format and SHA-256, then canonical JSON. No YAML, no clock."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from seeds.item import Item
from seeds.theme import Theme
from seeds.trouble import PackTrouble
from seeds.words import Words

MAGIC: Final = b"zhizhu-catalogue 1 "
LARGEST_PACK_BYTES: Final = 64_000_000
_AGAIN: Final = "请重新打包（zhizhu catalogue pack）或重新取一份。"


class Pack(BaseModel):
    """What is inside: items without their golden cases, texts, and the themes over the items."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    items: tuple[Item, ...]
    texts: dict[str, Words]
    themes: tuple[Theme, ...] = ()


def write_pack(path: Path, pack: Pack) -> str:
    """Writes the file in one step (a power cut leaves the old one); returns the SHA-256 of its content."""
    plain = pack.model_dump(mode="json", by_alias=True, exclude_none=True)
    body = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    sha256 = hashlib.sha256(body).hexdigest()
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            try:
                file.write(MAGIC + sha256.encode() + b"\n" + body)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o644)
                Path(file.name).replace(path)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise PackTrouble(f"写不了 {path}（{error.strerror}）。", "请换一个能写的文件夹，或腾出磁盘空间。") from error
    return sha256


def read_pack(path: Path) -> tuple[Pack, str]:
    """The content and its SHA-256; a file that is cut, changed or of another format raises PackTrouble."""
    try:
        if path.stat().st_size > LARGEST_PACK_BYTES:
            raise PackTrouble(f"{path} 太大，不像事项目录包。", _AGAIN)
        untrusted = path.read_bytes()
    except OSError as error:
        raise PackTrouble(f"读不了事项目录包 {path}（{error.strerror}）。", _AGAIN) from error
    header, _, body = untrusted.partition(b"\n")
    if not header.startswith(MAGIC):
        raise PackTrouble(f"{path} 不是本程序认识的事项目录包。", _AGAIN)
    sha256 = hashlib.sha256(body).hexdigest()
    if header.removeprefix(MAGIC) != sha256.encode():
        raise PackTrouble(f"事项目录包 {path} 的内容和它的校验值不符，可能损坏或被改动。", _AGAIN)
    try:
        return Pack.model_validate_json(body), sha256
    except ValidationError as error:
        raise PackTrouble(f"事项目录包 {path} 是别的版本打的，读不懂。", _AGAIN) from error
