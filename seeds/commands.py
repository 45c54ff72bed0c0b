"""`zhizhu catalogue`: check, list, show, new and pack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

import click

from seeds.catalogue import Catalogue
from seeds.item import Item
from seeds.places import CATALOGUE, THEMES
from seeds.trouble import FileTrouble, SeedTrouble

_SHANGHAI: Final = timezone(timedelta(hours=8))
_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_from = click.option(
    "--from", "folder", type=_FOLDER, default=CATALOGUE, help="目录所在的文件夹。The folder of the catalogue."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。Print JSON.")


@contextmanager
def _said() -> Iterator[None]:
    """Turns trouble with the data into one sentence and what to do, exit code 1."""
    try:
        yield
    except SeedTrouble as trouble:
        raise click.ClickException(f"{trouble.sentence} {trouble.advice}") from trouble


@click.group()
def catalogue() -> None:
    """事项目录：检查、列出、查看、新建、打包。The catalogue: check, list, show, new, pack."""


@catalogue.command()
@_from
@_as_json
def check(folder: Path, as_json: bool) -> None:
    """检查所有事项、文字、来源和规则样例。Examine all items, texts, sources and golden cases."""
    from seeds.catalogue.examination import examine

    with _said():
        seen = examine(folder)
    if as_json:
        troubles = [_trouble_record(trouble) for trouble in seen.troubles]
        counts = {"items": seen.items, "golden_cases": seen.golden_cases, "texts": seen.texts, "sources": seen.sources}
        told = {"ok": seen.well, **counts, "troubles": troubles, "without_statutory_limit": list(seen.limitless)}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for trouble in seen.troubles:
            click.echo(f"{trouble.sentence} {trouble.advice}")
        verdict = "没有问题" if seen.well else f"{len(seen.troubles)} 处要改"
        click.echo(
            f"{verdict}：{seen.items} 个事项，{seen.golden_cases} 个规则样例，"
            f"{seen.texts} 条文字，{seen.sources} 个来源。"
        )
        if seen.limitless:
            click.echo(f"没有写法定时限（time_limits.statutory_days）：{'、'.join(seen.limitless)}。")
    if not seen.well:
        raise click.exceptions.Exit(1)


@catalogue.command("list")
@_from
@click.option("--packed", type=click.Path(path_type=Path), help="从打包文件读。Read a packed file.")
@click.option("--region", help="只列这个区划能办的。Only what is offered in this division (code).")
@_as_json
def list_items(folder: Path, packed: Path | None, region: str | None, as_json: bool) -> None:
    """列出事项。List the items."""
    with _said():
        loaded = _loaded(folder, packed)
    items = loaded.items if region is None else loaded.for_region(region)
    if as_json:
        click.echo(json.dumps([_row(item) for item in items], ensure_ascii=False))
        return
    for item in items:
        click.echo(f"{item.id}  {item.name}  （{item.department}，{item.code}，第 {item.version} 版）")


@catalogue.command()
@click.argument("item_id", metavar="ITEM")
@_from
@click.option("--packed", type=click.Path(path_type=Path), help="从打包文件读。Read a packed file.")
@_as_json
def show(item_id: str, folder: Path, packed: Path | None, as_json: bool) -> None:
    """查看一个事项。Show one item."""
    with _said():
        item = _loaded(folder, packed).item(item_id)
    if as_json:
        plain = item.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"golden"})
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    for line in _told(item):
        click.echo(line)


@catalogue.command()
@click.argument("place", metavar="DEPARTMENT/NAME")
@_from
def new(place: str, folder: Path) -> None:
    """新建一个事项的文件，待填的地方都写着“待填”。Write the skeleton of a new item."""
    from seeds.catalogue.skeleton import write_skeleton

    department, slash, name = place.partition("/")
    if not slash or not department or not name or "/" in name:
        raise click.UsageError(
            "请写成 部门/名称，如 human_resources/medical_card。"
            "Give DEPARTMENT/NAME, for example human_resources/medical_card."
        )
    with _said():
        written = write_skeleton(folder, department, name, datetime.now(_SHANGHAI).date().isoformat())
    for path in written:
        click.echo(f"写好了 {path}")
    click.echo("请填完所有“待填”，再运行 zhizhu catalogue check。")


@catalogue.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@_from
@click.option(
    "--themes",
    "themes_folder",
    type=_FOLDER,
    help="一件事所在的文件夹；自带的目录用自带的。The folder of the themes; the built-in catalogue has its own.",
)
@_as_json
def pack(path: Path, folder: Path, themes_folder: Path | None, as_json: bool) -> None:
    """检查并打包，终端用的就是这个文件。Check and pack the catalogue for terminals."""
    from seeds.catalogue.examination import examine
    from seeds.texts import Texts
    from seeds.themes import Themes

    if themes_folder is None and folder == CATALOGUE:
        themes_folder = THEMES
    with _said():
        seen = examine(folder)
        if not seen.well:
            raise seen.troubles[0]
        loaded = Catalogue.load(folder)
        themes = () if themes_folder is None else tuple(Themes.load(loaded, themes_folder))
        sha256 = loaded.pack(path, Texts.load(catalogue=folder).words, themes)
    if as_json:
        click.echo(json.dumps({"path": str(path), "sha256": sha256, "items": len(loaded.items)}, ensure_ascii=False))
    else:
        click.echo(f"打包了 {len(loaded.items)} 个事项：{path}\nSHA-256 {sha256}")


def _loaded(folder: Path, packed: Path | None) -> Catalogue:
    return Catalogue.load(folder) if packed is None else Catalogue.load_packed(packed)


def _row(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "name": item.name,
        "department": item.department,
        "code": item.code,
        "version": item.version,
        "rule_version": item.decision.version,
        "event_type": item.event_type,
        "offline": item.offline,
        "as_of": item.as_of.isoformat(),
    }


def _told(item: Item) -> Iterator[str]:
    yield f"{item.name}（{item.id}，第 {item.version} 版）"
    yield item.summary
    yield f"部门：{item.department}　编码：{item.code}（{item.codes.scheme}）　别名：{'、'.join(item.aliases) or '无'}"
    yield "办事说明："
    yield from (f"  {n}. {line}" for n, line in enumerate(item.guide, 1))
    yield f"收费：{item.fee_fen} 分　时限：{item.time_limit}　断网：{item.offline_data.note.zh_hans}"
    yield f"规则第 {item.decision.version} 版，{item.decision.effective.isoformat()} 起："
    yield from (f"  {check.code}: {check.cel}" for check in item.decision.checks)
    yield f"依据（{item.as_of.isoformat()}）：" + "；".join(f"{ref.id} {ref.at}" for ref in item.source)


def _trouble_record(trouble: SeedTrouble) -> dict[str, object]:
    record: dict[str, object] = {"sentence": trouble.sentence, "advice": trouble.advice}
    if isinstance(trouble, FileTrouble):
        record |= {"path": str(trouble.path), "line": trouble.line}
    return record
