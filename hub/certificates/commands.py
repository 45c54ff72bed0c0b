"""`zhizhu certificate`: check papers and the chain, look at certificates, and withdraw or change them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from sqlalchemy import select

from hub.certificates.chain_commands import chain
from hub.certificates.changes import ACTS, Act, act_on, order_change
from hub.certificates.online import fetched_json
from hub.certificates.tables import Certificate, CertificateEvent
from hub.certificates.trust import Trust, read_trust, signed_trust, trust_list, trust_now
from hub.command_line import database_option, json_option, opened_hub, spoken, state_option
from hub.moments import local_text, system_clock
from offline.wire.canonical import b64, unb64
from seeds.certificates import CertificateKinds
from seeds.texts import Texts

if TYPE_CHECKING:
    from hub.certificates.verification import Judgement

_MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_ROWS: Final = 200
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_hub_key = click.option("--hub-key", metavar="BASE64", help="中枢的签名公钥。The hub's public signing key.")


@click.group()
def certificate() -> None:
    """电子证照：核对文件、查看、停用、撤销、更换；云链。Certificates and the chain."""


certificate.add_command(chain)


@certificate.command()
@click.argument("file", type=_FILE)
@click.option("--trust", type=_FILE, help="断网时用的印章清单。The list of seals, for checking without a network.")
@click.option("--hub", "hub_url", metavar="URL", help="向这个中枢取清单。Fetch the list from this hub.")
@_hub_key
@database_option
@state_option
@json_option
def verify(
    file: Path, trust: Path | None, hub_url: str | None, hub_key: str | None, url: str, state: Path, as_json: bool
) -> None:
    """核对一份证照 PDF 的真假。Checks a certificate's PDF: by a list, by a hub's list, or by the hub's own database."""
    if (trust is not None or hub_url is not None) and hub_key is None:
        raise click.UsageError("用清单核对要给 --hub-key。A list has to be checked with --hub-key.")
    with _read(file) as pdf, spoken():
        if hub_key is not None and (trust is not None or hub_url is not None):
            told = _said_by(trust, hub_url)
            judged = _judged(pdf, read_trust(told, unb64(hub_key, 32)))
        else:
            judged = _judged_by_hub(pdf, url, state)
    texts = Texts.load(language="zh-Hans")
    if as_json:
        shown = {
            "counts": judged.counts,
            "word": judged.word.value,
            "identifier": judged.identifier,
            "unit": judged.unit,
            "sealed_at": local_text(judged.sealed_at),
            "valid_until": None if judged.valid_until is None else judged.valid_until.isoformat(),
        }
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        click.echo(f"{texts(f'hub.paper.word.{judged.word.value}')}：{texts(f'hub.paper.tell.{judged.word.value}')}")
        if judged.unit:
            sealed, until = local_text(judged.sealed_at), judged.valid_until
            click.echo(f"{judged.identifier}\n{judged.unit}，{sealed} 盖章，有效期至 {until}")
    if not judged.counts:
        raise click.exceptions.Exit(1)


@certificate.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="写到哪里。Where to write.")
@database_option
@state_option
def trust(out: Path, url: str, state: Path) -> None:
    """导出印章清单，供断网时核对。Writes the list by which papers are checked without a network."""
    with opened_hub(url, state) as hub, hub.database.reading() as session:
        listed = trust_list(session, hub)
        signed, public = signed_trust(listed, hub.keys.signing_private), hub.keys.signing_public
    try:
        out.write_text(json.dumps(signed, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} 写不了（{error.strerror}），请检查文件夹的权限。") from None
    click.echo(
        f"{out}：{len(listed.seals)} 枚印章，{len(listed.issued)} 张不再算数的证照。核对：Check with:\n"
        f"zhizhu certificate verify --trust {out} --hub-key {b64(public)} FILE"
    )


@certificate.command("list")
@click.option("--region", default="", metavar="DIGITS", help="只列这个区划的。Only of this division.")
@database_option
@state_option
@json_option
def list_certificates(region: str, url: str, state: Path, as_json: bool) -> None:
    """列出最近签发的证照（姓名只显示一部分）。Lists the newest certificates; names are masked."""
    with opened_hub(url, state) as hub, hub.database.reading() as session:
        wanted = select(Certificate).where(Certificate.region.startswith(region, autoescape=True))
        rows = [
            {
                "identifier": row.identifier,
                "kind": row.kind,
                "state": row.state,
                "holder": row.masked_name,
                "issued": local_text(row.issued_at),
                "valid_until": local_text(row.valid_until),
            }
            for row in session.scalars(wanted.order_by(Certificate.id.desc()).limit(_MOST_ROWS))
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for row in () if as_json else rows:
        click.echo("  ".join(row.values()))


@certificate.command("kinds")
@json_option
def kinds(as_json: bool) -> None:
    """列出证照种类：谁盖章、有效几天、代替哪些纸。The kinds: their seals, their validity, the papers they replace."""
    with spoken():
        known = CertificateKinds.load().all
    if as_json:
        click.echo(json.dumps([kind.model_dump(mode="json", by_alias=True) for kind in known], ensure_ascii=False))
    for kind in () if as_json else known:
        seal = kind.seal.id or "办件所在村的章 the village's"
        papers = "、".join(kind.replaces) or "—"
        click.echo(f"{kind.id}  {kind.title.zh_hans}  {seal}  {kind.valid_days} 天 days  代替 replaces {papers}")


@certificate.command("journal")
@click.argument("identifier")
@database_option
@state_option
@json_option
def journal(identifier: str, url: str, state: Path, as_json: bool) -> None:
    """一张证照的全部记录。Everything that was done about a certificate."""
    with opened_hub(url, state) as hub, hub.database.reading() as session:
        wanted = select(CertificateEvent).join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        found = session.scalars(wanted.where(Certificate.identifier == identifier).order_by(CertificateEvent.id))
        rows = [
            {"at": local_text(row.at), "what": row.what, "actor": row.actor, "reason": row.reason, "block": row.block}
            for row in found
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for row in () if as_json else rows:
        click.echo(f"{row['at']}  {row['what']}  {row['actor']}  {row['reason']}  第 {row['block'] or '—'} 块")
    if not rows:
        raise click.exceptions.Exit(1)


def _acting(act: Act, name: str, help_text: str) -> click.Command:
    @click.command(name, help=help_text)
    @click.argument("identifier")
    @click.option("--by", required=True, help="谁决定的。Who decided it.")
    @click.option("--reason", required=True, help="为什么。Why.")
    @database_option
    @state_option
    def command(identifier: str, by: str, reason: str, url: str, state: Path) -> None:
        with opened_hub(url, state) as hub:
            act_on(hub, identifier, act, by, reason)
        click.echo(f"{identifier}：{act}")

    return command


for _act, _command, _help in zip(
    ACTS,
    ("suspend", "resume", "revoke"),
    ("暂停使用。Suspends a certificate.", "恢复使用。Resumes it.", "撤销，不能恢复。Revokes it for good."),
    strict=True,
):
    certificate.add_command(_acting(_act, _command, _help))


@certificate.command()
@click.argument("identifier")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", required=True, help="改哪一项。What to change.")
@click.option("--by", required=True, help="谁决定的。Who decided it.")
@click.option("--reason", required=True, help="为什么。Why.")
@database_option
@state_option
def change(identifier: str, changes: tuple[str, ...], by: str, reason: str, url: str, state: Path) -> None:
    """换发新的一版，旧的一版作废。Issues a new version; the old one is replaced."""
    pairs = dict(each.partition("=")[::2] for each in changes)
    with opened_hub(url, state) as hub:
        order_change(hub, identifier, pairs, by, reason)
    click.echo("新的一版正在签发。The new version is being made.")


@contextmanager
def _read(file: Path) -> Iterator[bytes]:
    if file.stat().st_size > _MOST_BYTES:
        raise click.ClickException("文件太大，不是证照。The file is too large for a certificate.")
    try:
        yield file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file} 读不了（{error.strerror}）。The file cannot be read.") from None


def _said_by(trust: Path | None, hub_url: str | None) -> object:
    if trust is None:
        assert hub_url is not None
        return fetched_json(hub_url, "/verify/seals")
    try:
        return json.loads(trust.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise click.ClickException(f"{trust} 不是印章清单。That is no list of seals.") from None


def _judged(pdf: bytes, known: Trust) -> Judgement:
    from hub.certificates.verification import judge  # pyHanko is large

    return judge(pdf, known, system_clock())


def _judged_by_hub(pdf: bytes, url: str, state: Path) -> Judgement:
    from hub.certificates.verification import identifier_in, judge

    with opened_hub(url, state) as hub, hub.database.reading() as session:
        return judge(pdf, trust_now(session, hub, identifier_in(pdf)), hub.clock())
