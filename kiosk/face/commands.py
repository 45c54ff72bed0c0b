"""`zhizhu models`: the face models of this terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from kiosk.face.install import install as install_files
from kiosk.face.manifest import Manifest
from kiosk.face.models import known_manifests, models_folder
from kiosk.face.trouble import FaceTrouble

DEFAULT_FOLDER: Final = Path("models")


@click.group()
def models() -> None:
    """人脸模型。Face models."""


def _folder(folder: Path | None) -> Path:
    return folder or models_folder(DEFAULT_FOLDER) or DEFAULT_FOLDER


def _known(folder: Path) -> tuple[Manifest, ...]:
    try:
        return known_manifests(folder)
    except FaceTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble


_DIR = click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="模型文件夹（默认 ZHIZHU_MODELS 或 ./models）。Folder of the models.",
)


@models.command("list")
@_DIR
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。JSON output.")
def list_models(folder: Path | None, as_json: bool) -> None:
    """列出清单和文件是否完好；没有一套完好的则以 1 结束。Lists the manifests and whether their files are intact."""
    place = _folder(folder)
    rows = []
    for manifest in _known(place):
        files = {part.file: _word(part.intact_in(place)) for part in manifest.files}
        ready = all(word == "intact" for word in files.values())
        rows.append(
            {"id": manifest.id, "title": manifest.title, "use": manifest.use, "threshold": manifest.threshold}
            | {"files": files, "ready": ready}
        )
    if as_json:
        click.echo(json.dumps({"folder": str(place), "models": rows}, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            click.echo(f"{'可用' if row['ready'] else '未装'}  {row['id']}  {row['title']}  {row['files']}")
    if not any(row["ready"] for row in rows):
        raise click.exceptions.Exit(1)


@models.command("install")
@_DIR
@click.option(
    "--from",
    "given",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="从这个文件夹取，不上网。Take the files from this folder.",
)
@click.option("--id", "wanted", help="清单编号（默认文件齐全的第一份）。Manifest id.")
def install_models(folder: Path | None, given: Path | None, wanted: str | None) -> None:
    """安装人脸模型，按 SHA-256 核对。Installs the face models, checked by SHA-256."""
    place = _folder(folder)
    known = _known(given if given is not None else place)
    chosen = [each for each in known if wanted in (None, each.id)]
    if not chosen:
        raise click.UsageError(f"没有编号为 {wanted} 的清单；有 {'、'.join(each.id for each in known)}。")
    if wanted is None and given is not None:
        complete = [each for each in chosen if all((given / part.file).is_file() for part in each.files)]
        chosen = complete or chosen
    try:
        written = install_files(chosen[0], place, given)
    except FaceTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble
    click.echo(f"{chosen[0].id}：{'、'.join(written) + ' 已装入' if written else '已完好地在'} {place}。")


def _word(intact: bool | None) -> str:
    return "missing" if intact is None else "intact" if intact else "changed"
