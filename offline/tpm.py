"""A TPM 2.0 that seals small secrets, asked through the programs of tpm2-tools.

A secret is sealed under a primary key of the owner hierarchy that the TPM derives anew each time from its own seed, by
the same template: nothing has to rest in the TPM, and only this TPM can open what it has sealed, until it is cleared.
There is no PCR policy: an update of the firmware would lock the terminal out. SECURITY.md says what follows.
Source: TCG TPM 2.0 Library, Part 1, §11 (object hierarchies) and §26 (sealing).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from offline.trouble import KeyTrouble
from offline.wire.canonical import b64, unb64
from offline.wire.trouble import MalformedRecord

DEVICE: Final = Path("/dev/tpmrm0")
DEFAULT_TCTI: Final = f"device:{DEVICE}"
TCTI_VARIABLE: Final = "TPM2TOOLS_TCTI"
DEADLINE_S: Final = 20.0
"""Of each call; a slow TPM makes a primary key within two seconds or so."""
SEALED_LIMIT: Final = 4096
_PRIMARY: Final = (
    *("-C", "o", "-g", "sha256", "-G", "ecc256:aes128cfb"),
    *("-a", "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt"),
)
_VERSION: Final = 1
_PART_LIMIT: Final = 1024


class TpmAway(KeyTrouble):
    """No TPM answers, or it refuses: what it has sealed may still be opened another time."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"TPM 没有照办（{why}）。",
            f"请检查 {DEVICE} 是否存在、终端用户是否属于 tss 组、软件包 tpm2-tools 是否装好。",
        )


class TpmForgot(KeyTrouble):
    """The TPM is there and has never sealed this: it was cleared, or it is another one. It is gone for good."""

    def __init__(self) -> None:
        super().__init__(
            "这台机器的 TPM 打不开终端的密钥：它被清除过，或者主板换了。本机保存的内容打不开了。",
            "已送达中枢的办件不受影响。主板还在就先换回来；否则请把整个状态目录移走留存，另要登记码重新登记，"
            "并请中枢查看哪些办件没有送达。",
        )


class Tpm:
    """One TPM, by its TCTI (`device:/dev/tpmrm0`, `swtpm:host=…,port=…`)."""

    def __init__(self, tcti: str = "", deadline_s: float = DEADLINE_S) -> None:
        self.tcti = os.environ.get(TCTI_VARIABLE) or tcti or DEFAULT_TCTI
        self._deadline_s = deadline_s

    def seal(self, secret: bytes) -> bytes:
        """The secret as only this TPM can read it again; raises TpmAway."""
        with TemporaryDirectory(prefix="zhizhu-tpm-") as folder:
            place = Path(folder)
            self._primary(place)
            parts = ("-u", str(place / "public"), "-r", str(place / "private"))
            self._run("tpm2_create", "-C", str(place / "primary"), "-i", "-", *parts, given=secret)
            record = {
                "version": _VERSION,
                "tcti": self.tcti,
                "public": b64((place / "public").read_bytes()),
                "private": b64((place / "private").read_bytes()),
            }
            return json.dumps(record).encode("ascii")

    def unseal(self, sealed: bytes) -> bytes:
        """A secret that this TPM has sealed; raises TpmAway, and TpmForgot when it cannot any more."""
        public, private = _parts(sealed)
        with TemporaryDirectory(prefix="zhizhu-tpm-") as folder:
            place = Path(folder)
            (place / "public").write_bytes(public)
            (place / "private").write_bytes(private)
            self._primary(place)
            parts = ("-u", str(place / "public"), "-r", str(place / "private"))
            try:
                self._run("tpm2_load", "-C", str(place / "primary"), *parts, "-c", str(place / "object"))
            except _Refused as refusal:
                if refusal.is_foreign:
                    raise TpmForgot from refusal
                raise
            return self._run("tpm2_unseal", "-c", str(place / "object"))

    def _primary(self, place: Path) -> None:
        self._run("tpm2_createprimary", *_PRIMARY, "-c", str(place / "primary"))

    def _run(self, program: str, *words: str, given: bytes | None = None) -> bytes:
        found = self._call(program, "-Q", "-T", self.tcti, *words, given=given)
        if DEVICE.name not in self.tcti:
            # no resource manager in between: what a call has loaded stays, and there is room for three
            self._call("tpm2_flushcontext", "-Q", "-T", self.tcti, "-t")
        return found

    def _call(self, program: str, *words: str, given: bytes | None = None) -> bytes:
        path = shutil.which(program)
        if path is None:
            raise TpmAway(f"没有程序 {program}")
        try:
            done = subprocess.run(
                [path, *words], input=given or b"", capture_output=True, timeout=self._deadline_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise TpmAway(f"{program} {self._deadline_s:.0f} 秒没有做完") from None
        except OSError as failure:
            raise TpmAway(f"{program}：{failure.strerror}") from failure
        if done.returncode != 0:
            raise _Refused(program, done.stderr.decode("utf-8", "replace"))
        return done.stdout


class _Refused(TpmAway):
    """A program of tpm2-tools said no."""

    def __init__(self, program: str, said: str) -> None:
        errors = [line for line in said.splitlines() if line.startswith("ERROR")] or [said.strip()]
        self.is_foreign = "integrity check failed" in said  # TPM_RC_INTEGRITY: sealed under another seed
        super().__init__(f"{program}：{errors[0][:160]}")


def tcti_of(sealed: bytes) -> str:
    """Where the TPM was that sealed this; raises KeyTrouble when it is no sealed key."""
    record = _record(sealed)
    tcti = record.get("tcti")
    return tcti if isinstance(tcti, str) else ""


def _parts(sealed: bytes) -> tuple[bytes, bytes]:
    record = _record(sealed)
    try:
        return unb64(record.get("public"), _PART_LIMIT), unb64(record.get("private"), _PART_LIMIT)
    except MalformedRecord:
        raise _damaged() from None


def _record(sealed: bytes) -> dict[str, object]:
    try:
        record = json.loads(sealed[:SEALED_LIMIT])
    except (ValueError, RecursionError):
        raise _damaged() from None
    if not isinstance(record, dict) or record.get("version") != _VERSION:
        raise _damaged()
    return record


def _damaged() -> KeyTrouble:
    return KeyTrouble("TPM 密封的密钥文件损坏了。", "请从备份恢复 keys 文件夹；不要删除，也不要新建密钥。")
