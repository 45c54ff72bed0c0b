"""`zhizhu device read camera --as document|mrz|qr`: one look at the table, and what came of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import click

from drivers.camera.document.port import CodesRead, DocumentCamera, Page, PermitRead, Refused
from drivers.camera.document.record import to_record
from drivers.camera.document.sheaf import Sheaf
from drivers.camera.document.straighten import Shape
from drivers.health import Health
from drivers.registry import open_device
from drivers.texts import text

FRAME_WAIT_S: Final = 5.0
As = Literal["document", "mrz", "qr"]


def read_table(
    what: As, link: str, *, shape: Shape, image: Path | None, pdf: Path | None
) -> tuple[dict[str, Any], Refused | Health | None]:
    """The record of one look and, where it failed, why. Raises DeviceTrouble and click's own errors."""
    camera: DocumentCamera = open_device("camera", "document", link)
    try:
        match what:
            case "document":
                got: Page | PermitRead | CodesRead | Refused | Health = camera.page(shape, FRAME_WAIT_S)
            case "mrz":
                got = camera.permit(FRAME_WAIT_S)
            case "qr":
                got = camera.codes(FRAME_WAIT_S)
    finally:
        camera.close()
    match got:
        case Page():
            return _kept(got, image, pdf), None
        case PermitRead(document, likeness, weakest):
            record = to_record(document, datetime.now(UTC).date())
            return {**record, "likeness": round(likeness, 3), "weakest": round(weakest, 3)}, None
        case CodesRead(texts):
            return {"codes": list(texts)}, None
        case Refused():
            return {"refused": got.reason.value, "detail": got.detail, **_sentences(got.health)}, got
        case Health():
            return {"health": got.code, **_sentences(got)}, got


def tell(record: dict[str, Any], failed: Refused | Health | None, *, as_json: bool) -> None:
    """JSON or plain lines; a refusal ends with 1 and says what to do."""
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False))
    elif failed is None:
        for name, value in record.items():
            click.echo(f"{name}: {'' if value is None else value}")
    match failed:
        case Refused(_, health):
            raise click.ClickException(text(health.resident))
        case Health() as health:
            raise click.ClickException(text(health.technician))


def _kept(page: Page, image: Path | None, pdf: Path | None) -> dict[str, Any]:
    from PIL import Image

    height, width = page.pixels.shape[:2]
    try:
        if image is not None:
            Image.fromarray(page.pixels[:, :, ::-1]).save(image, dpi=(page.dpi, page.dpi))
        if pdf is not None:
            sheaf = Sheaf()
            sheaf.add(page)
            pdf.write_bytes(sheaf.pdf())
    except (OSError, ValueError) as error:
        raise click.ClickException("扫描件存不下来。请检查路径、权限和扩展名。") from error
    return {"width": width, "height": height, "dpi": page.dpi, "shape": page.shape.value}


def _sentences(health: Health) -> dict[str, str]:
    return {"resident": text(health.resident), "technician": text(health.technician)}
