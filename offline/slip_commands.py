"""`zhizhu slip`: whether a printed slip is genuine, without a network."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from offline.trouble import OfflineTrouble
from offline.wire.canonical import parse_time, unb64
from offline.wire.claims import shown
from offline.wire.slip_qr import SlipQr, read_slip, read_tail
from offline.wire.slip_signers import MAX_LIST_BYTES, Genuineness, SlipSigners, Verdict, check_signers, judge
from offline.wire.trouble import MalformedRecord

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_STAGES: Final = {"kept": "已保存", "sent": "已送达", "settled": "已办结"}
_STATES: Final = {
    "": "",
    "received": "，已收到",
    "in_review": "，工作人员审核中",
    "waiting": "，还差一步",
    "approved": "，已通过",
    "refused": "，未通过",
    "withdrawn": "，已撤回",
}
_WORDS: Final = {
    Genuineness.GENUINE: "凭条是真的。",
    Genuineness.FORGED: "凭条不是真的：二维码被改过，或者是从别的凭条上抄来的。",
    Genuineness.REVOKED: "凭条不能算数：签它的终端已经停用，可能落到了别人手里。",
    Genuineness.UNKNOWN: "看不出真假：名单里没有签它的终端。名单可能旧了，请到中枢重新导出，或联网核对。",
    Genuineness.UNSEALED: "看不出真假：这里面没有凭条的防伪签名。",
}


@click.group()
def slip() -> None:
    """凭条。

    Slips.
    """


@slip.command()
@click.argument("text")
@click.option(
    "--signers",
    "list_path",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="中枢导出的签名者名单（zhizhu hub slip-signers）。The list that the hub wrote.",
)
@click.option("--hub-key", required=True, help="中枢的签名公钥，导出名单时显示。The hub's public signing key.")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")
def verify(text: str, list_path: Path, hub_key: str, as_json: bool) -> None:
    """不用网络，核对凭条二维码里的文字 TEXT；不是真的或看不出来，退出码为 1。

    Checks the text of a slip's QR without a network; exit 1 unless it is genuine.
    """
    try:
        slip = _read(text)
        listed = check_signers(unb64(hub_key, 32), _loaded(list_path))
        by_key = {signer.key_id: signer for signer in listed.signers}
        verdict = judge(slip, by_key.get)
    except OfflineTrouble as trouble:
        raise click.ClickException(f"{trouble.sentence} {trouble.advice}") from trouble
    click.echo(json.dumps(_record(verdict, listed), ensure_ascii=False) if as_json else _told(slip, verdict, listed))
    if verdict.word is not Genuineness.GENUINE:
        raise SystemExit(1)


def _read(text: str) -> SlipQr:
    found = read_slip(text)
    return read_tail(text) if found is None else found


def _loaded(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_LIST_BYTES:
            raise MalformedRecord("凭条签名者名单过大")
        return json.loads(path.read_bytes())
    except OSError as failure:
        raise OfflineTrouble(f"名单 {path} 读不了（{failure.strerror}）。", "请用 --signers 指出名单在哪里。") from None
    except (ValueError, RecursionError):
        raise MalformedRecord("凭条签名者名单不是 JSON") from None


def _told(slip: SlipQr, verdict: Verdict, listed: SlipSigners) -> str:
    lines = [_WORDS[verdict.word], f"取件码：{shown(slip.code)}"]
    if (signer := verdict.signer) is not None:
        lines.append(f"终端：{signer.place}{signer.name}（{signer.terminal}）")
        if signer.revoked_at is not None:
            lines.append(f"停用时间：{_local(parse_time(signer.revoked_at))}")
    if (said := verdict.said) is not None:
        lines += [
            f"打印时间：{_local(said.at)}",
            f"事项：{listed.items.get(said.item, '名单里没有这个事项')}",
            f"凭条上应写着：{_STAGES[said.stage]}{_STATES[said.state]}",
            "以上各行要和纸上写的一样；不一样，就是纸被改过。",
        ]
    lines.append(f"名单导出时间：{_local(parse_time(listed.made_at))}")
    return "\n".join(lines)


def _local(at: datetime) -> str:
    return at.astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _record(verdict: Verdict, listed: SlipSigners) -> dict[str, object]:
    signer, said = verdict.signer, verdict.said
    return {
        "word": verdict.word.value,
        "terminal": signer.terminal if signer else None,
        "name": signer.name if signer else None,
        "place": signer.place if signer else None,
        "revoked_at": signer.revoked_at if signer else None,
        "printed_at": said.at.isoformat() if said else None,
        "item": listed.items.get(said.item) if said else None,
        "stage": said.stage if said else None,
        "state": said.state if said else None,
        "list_made_at": listed.made_at,
    }
