"""Key files of a terminal: raw bytes, made once, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from offline.folder import sync_folder
from offline.trouble import KeyTrouble
from offline.wire.signing import new_signing_key

KEY_BYTES: Final = 32
FOLDER: Final = "keys"
DATABASE_KEY: Final = "database.key"
SIGNING_KEY: Final = "terminal_signing.key"


def database_key(state_dir: Path) -> bytes:
    """The raw key of the terminal's databases; made when no database exists yet, never replaced."""
    databases = [path.name for path in sorted(state_dir.glob("*.db"))]
    if databases and not (state_dir / FOLDER / DATABASE_KEY).exists():
        raise KeyTrouble(
            f"缺少密钥文件 {DATABASE_KEY}，{'、'.join(databases)} 无法打开。",
            "请从备份恢复 keys 文件夹；不要新建密钥。",
        )
    return _once(state_dir / FOLDER / DATABASE_KEY, lambda: secrets.token_bytes(KEY_BYTES))


def signing_key(state_dir: Path) -> bytes:
    """The key this terminal signs its requests with; made on the terminal, never leaves it."""
    return _once(state_dir / FOLDER / SIGNING_KEY, new_signing_key)


def _once(path: Path, make: Callable[[], bytes]) -> bytes:
    try:
        path.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
        if not path.exists():
            _create(path, make())
        return _read(path)
    except OSError as failure:
        raise KeyTrouble(
            f"密钥文件 {path.name} 读写不了（{failure.strerror}）。", "请检查文件夹的权限和磁盘空间。"
        ) from failure


def _create(path: Path, key: bytes) -> None:
    """Complete or not there at all, even when two processes start at once or the power goes."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, key)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other process was first; its key counts
    finally:
        draft.unlink()
    for folder in (path.parent, path.parent.parent):  # the key's name, and that of the folder it lies in
        sync_folder(folder)


def _read(path: Path) -> bytes:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyTrouble(f"密钥文件 {path.name} 别人也能读。", f"请执行 chmod 600 {path}，并检查是谁改的权限。")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise KeyTrouble(f"密钥文件 {path.name} 不是 {KEY_BYTES} 字节。", "请从备份恢复 keys 文件夹。")
    return key
