"""Putting the documented models into place: from a folder or from their public address, checked by SHA-256."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from kiosk.face.manifest import FILE_BYTES_MAX, Manifest, ModelFile
from kiosk.face.trouble import FaceTrouble

SILENCE_S: Final = 10.0
"""A server that says nothing for so long is not reachable."""
DEADLINE_S: Final = 1800.0
"""37 MB over a village's line."""


def install(
    manifest: Manifest,
    into: Path,
    given: Path | None,
    *,
    deadline_s: float = DEADLINE_S,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[str, ...]:
    """Puts every missing or changed file of the manifest into the folder; returns the names it wrote.

    Raises FaceTrouble, and leaves nothing half done, where that fails, is `stopped` or lasts longer than the deadline.
    """
    end = time.monotonic() + deadline_s
    written: list[str] = []
    for part in manifest.files:
        if part.intact_in(into):
            continue
        try:
            into.mkdir(parents=True, exist_ok=True)
            _place(part, into, given, lambda: stopped() or time.monotonic() > end)
        except OSError as error:
            raise FaceTrouble(f"写不进 {into}：{error.strerror}。", "请检查权限和磁盘空间。") from error
        written.append(part.file)
    return tuple(written)


def _place(part: ModelFile, into: Path, given: Path | None, over: Callable[[], bool]) -> None:
    handle, name = tempfile.mkstemp(prefix=".model-", dir=into)
    half = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            if given is not None:
                source = given / part.file
                if not source.is_file():
                    raise FaceTrouble(f"{given} 里没有 {part.file}。", "请换一个文件夹，或不带 --from 从网上安装。")
                with source.open("rb") as data:
                    shutil.copyfileobj(data, out)
            else:
                _download(part, out.fileno(), over)
        with half.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        if digest != part.sha256:
            raise FaceTrouble(f"{part.file} 的 SHA-256 与清单不符，没有安装。", "请从可信的来源重新取得这个文件。")
        half.chmod(0o644)
        half.replace(into / part.file)
    finally:
        half.unlink(missing_ok=True)


def _download(part: ModelFile, out: int, over: Callable[[], bool]) -> None:
    if part.url is None:
        raise FaceTrouble(f"清单没有写 {part.file} 的下载地址。", "请用 --from 指定放着它的文件夹。")
    size = 0
    try:
        with httpx.stream("GET", part.url, timeout=SILENCE_S, follow_redirects=True) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                if over():
                    raise FaceTrouble(f"下载 {part.file} 没有按时完成。", "请稍后再试，或用 --from 指定已有的文件夹。")
                size += len(piece)
                if size > FILE_BYTES_MAX:
                    raise FaceTrouble(f"{part.file} 大得不对，已停止下载。", "请检查清单里的地址。")
                os.write(out, piece)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FaceTrouble(
            f"下载 {part.file} 没有成功（{type(error).__name__}）。", "请检查网络，或用 --from 指定已有的文件夹。"
        ) from error
