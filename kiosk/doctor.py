"""Whether a terminal is well: its settings, font, screen files, state directory, enrolment and devices."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from drivers.presence.ports import ports
from drivers.presence.sight import stable_link
from drivers.trouble import DeviceTrouble
from kiosk.services.roles import made
from kiosk.settings import DeviceSetting, Settings
from kiosk.slips import URL_BYTES_MAX
from offline.agent_store import AgentView
from offline.keys import AUTO, FOLDER, OFF, database_key, resting
from offline.tpm import DEVICE
from offline.trouble import KeyTrouble, OfflineTrouble
from offline.wire.claims import check_digit
from offline.wire.slip_qr import slip_url
from offline.wire.slip_seal import SEAL_CHARS
from seeds.texts import Texts

FONT: Final = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FACE_CAMERA: Final = "face_camera"
WANTED: Final = {"id_card": "身份证阅读器", "receipt_printer": "凭条打印机", FACE_CAMERA: "人脸摄像头"}
IF_SET: Final = {
    "code_scanner": "扫码器",
    "ups": "不间断电源",
    "door": "柜门",
    "presence": "人体感应",
    "document_printer": "文件打印机",
    "document_camera": "高拍仪",
    "social_card": "社保卡读卡器",
    "audio": "喇叭和话筒",
}
"""Looked at where a terminal has them; one that has none misses nothing."""
PICTURE_S: Final = 5.0
MOST_URL_BYTES: Final = URL_BYTES_MAX - len(slip_url("", "0" * 9 + check_digit("0" * 9), "x" * SEAL_CHARS))
"""Of the hub's address: with code and seal it must fit the QR of a slip."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, whether it is well, what was seen, what to do."""

    what: str
    well: bool
    seen: str
    advice: str = ""


def examine(config: Path, overrides: Sequence[str]) -> tuple[Finding, ...]:
    """Looks at everything; only settings that cannot be read at all raise."""
    settings = Settings.load(config, overrides)
    roles = (*WANTED, *(role for role in IF_SET if role in settings.devices))
    texts = Texts.load()
    return (*_place(settings), *(_device(role, settings.devices.get(role), texts) for role in roles))


def _place(settings: Settings) -> Iterator[Finding]:
    yield Finding("配置", True, str(settings.path))
    yield Finding("中文字体", FONT.exists(), str(FONT), "" if FONT.exists() else "请安装软件包 fonts-noto-cjk。")
    printed = settings.text("hub.public_url") or settings.text("hub.url")
    if len(printed.encode()) > MOST_URL_BYTES:
        seen = f"{printed} 太长，凭条的二维码放不下防伪签名"
        yield Finding("中枢地址", False, seen, f"请给中枢一个不超过 {MOST_URL_BYTES} 字节的地址。")
    state_dir = settings.state_dir
    writable = state_dir.is_dir() and os.access(state_dir, os.W_OK)
    yield Finding("状态目录", writable, str(state_dir), "" if writable else "请建立这个目录并允许终端写入。")
    if writable:
        yield _keys(state_dir, settings.text("terminal.tpm"))
        yield _enrolment(state_dir)


def _keys(state_dir: Path, wanted: str) -> Finding:
    """Where the keys lie, and whether the TPM that holds them still opens them."""
    found = resting(state_dir)
    in_files = [one.name for one in found if one.tcti is None]
    if not found:
        return Finding("密钥", True, "还没有，终端或代理第一次启动时生成")
    if in_files and wanted not in (AUTO, OFF):
        return Finding("密钥", False, f"{'、'.join(in_files)} 还在文件里", "请启动一次终端，密钥会搬进 TPM。")
    if in_files:
        return Finding("密钥", True, f"在文件里（{state_dir / FOLDER}），拿走整块硬盘的人也就拿到了密钥", _tpm_advice())
    try:
        database_key(state_dir)
    except KeyTrouble as trouble:
        return Finding("密钥", False, trouble.sentence, trouble.advice)
    return Finding("密钥", True, f"封在 TPM 里（{found[0].tcti}）")


def _tpm_advice() -> str:
    if not DEVICE.exists():
        return ""
    return f"这台机器有 TPM（{DEVICE}），却没有用上：请装 tpm2-tools，把终端用户加进 tss 组，再启动一次。"


def _enrolment(state_dir: Path) -> Finding:
    view = AgentView.open(state_dir)
    try:
        enrolment, credential, code = view.enrolment(), view.credential(), view.reenrol_code()
    except OfflineTrouble as trouble:
        return Finding("登记", False, trouble.sentence, trouble.advice)
    finally:
        view.close()
    if enrolment is None:
        return Finding("登记", False, "还没有登记", "请在配置里写上登记码，并启动 zhizhu agent。")
    if code is not None:
        advice = f"请把 {code} 告诉中枢的运维员，由他在控制台这台终端的页面输入；之后会自动送达。"
        return Finding("登记", False, f"{enrolment.terminal_id}，离线太久，等待重新确认：{code}", advice)
    until = "" if credential is None else f"，凭证到 {credential.not_after.date().isoformat()}"
    return Finding("登记", True, f"{enrolment.terminal_id}{until}")


def _device(role: str, setting: DeviceSetting | None, texts: Texts) -> Finding:
    what = (WANTED | IF_SET)[role]
    if setting is None:
        return Finding(what, False, "没有设置", f"请在 terminal.toml 写上 [devices.{role}]。")
    try:
        device = made(setting)
        device.open()
    except DeviceTrouble as trouble:
        return Finding(what, False, trouble.sentence, trouble.advice)
    try:
        if role == FACE_CAMERA:  # it knows how it is by what it saw
            device.grab(PICTURE_S)
        health = device.health()
        module = device.module_number() if role == "id_card" else None
    finally:
        device.close()
    well = health.state.value in ("ready", "limited")
    number = "" if module is None else f"，安全模块 {module}"
    seen = f"{health.state.value} ({health.code}){number}"
    advice = texts(health.technician) if health.technician in texts else ""
    return Finding(what, well, seen, _link_advice(setting.link) if well else advice)


def _link_advice(link: str) -> str:
    """A name that the kernel deals out anew at each plugging in works today and swaps two devices tomorrow."""
    better = stable_link(link, ports())
    return "" if better is None else f'重新插拔后 {link} 可能是别的设备，请在 terminal.toml 写 link = "{better}"。'


def told(findings: Sequence[Finding], *, as_json: bool) -> str:
    """For a technician, or for a program."""
    if as_json:
        ok = all(finding.well for finding in findings)
        return json.dumps({"ok": ok, "findings": [asdict(finding) for finding in findings]}, ensure_ascii=False)
    return "\n".join(
        f"{'正常' if finding.well else '不行'}  {finding.what}：{finding.seen} {finding.advice}".rstrip()
        for finding in findings
    )
