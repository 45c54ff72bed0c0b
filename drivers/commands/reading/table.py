"""What lies on the table below a document camera: a page, a travel permit, QR codes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from drivers.camera.document.port import CodesRead, DocumentCamera, Page, PermitRead, Refused
from drivers.camera.document.record import to_record
from drivers.camera.document.sheaf import Sheaf
from drivers.camera.document.straighten import Shape
from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.reading.frame import FRAME_WAIT_S
from drivers.commands.reading.told import of_fields
from drivers.health import Health
from drivers.texts import text


def read(camera: DocumentCamera, asked: Asked) -> Reading:
    """One look as `asked.table` says; a page is kept in the files that are named."""
    match asked.table:
        case "mrz":
            got: Page | PermitRead | CodesRead | Refused | Health = camera.permit(FRAME_WAIT_S)
        case "qr":
            got = camera.codes(FRAME_WAIT_S)
        case _:
            got = camera.page(Shape(asked.shape), FRAME_WAIT_S)
    match got:
        case Page():
            return of_fields(_kept(got, asked))
        case PermitRead(document, likeness, weakest):
            record = to_record(document, datetime.now(UTC).date())
            return of_fields({**record, "likeness": round(likeness, 3), "weakest": round(weakest, 3)})
        case CodesRead(texts):
            return of_fields({"codes": list(texts)})
        case Refused(reason, health, detail):
            told = {"refused": reason.value, "detail": detail, **_sentences(health)}
            return Reading(told, failed=text(health.resident))
        case Health():
            return Reading({"health": got.code, **_sentences(got)}, failed=text(got.technician))


def _kept(page: Page, asked: Asked) -> dict[str, Any]:
    from PIL import Image

    height, width = page.pixels.shape[:2]
    try:
        if asked.image is not None:
            Image.fromarray(page.pixels[:, :, ::-1]).save(asked.image, dpi=(page.dpi, page.dpi))
        if asked.pdf is not None:
            sheaf = Sheaf()
            sheaf.add(page)
            asked.pdf.write_bytes(sheaf.pdf())
    except (OSError, ValueError) as error:
        raise click.ClickException("扫描件存不下来。请检查路径、权限和扩展名。") from error
    return {"width": width, "height": height, "dpi": page.dpi, "shape": page.shape.value}


def _sentences(health: Health) -> dict[str, str]:
    return {"resident": text(health.resident), "technician": text(health.technician)}
