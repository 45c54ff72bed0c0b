"""Counts the characters that are read wrongly, over blur, light and lean.

Run as `python -m tests.drivers.camera.document.measure_mrz`.
It writes the table of drivers/camera/document/MRZ.md. Tesseract, where it is installed, is given the same straightened
pictures, the right way up and cut to the zone, with the zone's alphabet: better than it would fare by itself.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from drivers.camera.cv import cv2
from drivers.camera.document.fonts import OCR_B, OCR_B_SHARP
from drivers.camera.document.judgement import sheet
from drivers.camera.document.mrz.codec import NotMrz, TravelDocument, decode, encode
from drivers.camera.document.mrz.layout import ALPHABET
from drivers.camera.document.mrz.reading import zone_of
from drivers.camera.document.port import Reason
from drivers.camera.document.quad import sheets
from drivers.camera.document.sheets import permit_card
from drivers.camera.document.straighten import card_or_page, straightened
from drivers.camera.document.table import Lying, Table, seen
from drivers.camera.port import Pixels
from tests.drivers.camera.document.permits import DOCUMENTS

ZONE_FROM: Final = 0.6
"""Every zone lies below this part of its document's height."""
BASE: Final = Table()
CONDITIONS: Final[dict[str, tuple[Table, float, Path]]] = {
    "flat, sharp": (BASE, 0, OCR_B),
    "flat, sharp ends (another cut of the font)": (BASE, 0, OCR_B_SHARP),
    "blur 1 px": (replace(BASE, blur_px=1), 5, OCR_B),
    "blur 2 px": (replace(BASE, blur_px=2), 5, OCR_B),
    "blur 3 px": (replace(BASE, blur_px=3), 5, OCR_B),
    "blur 4 px": (replace(BASE, blur_px=4), 5, OCR_B),
    "blur 5 px": (replace(BASE, blur_px=5), 5, OCR_B),
    "half the light": (replace(BASE, light=0.5), -5, OCR_B),
    "a third of the light": (replace(BASE, light=0.33), -5, OCR_B),
    "a tenth of the light": (replace(BASE, light=0.1), -5, OCR_B),
    "camera leans 10°": (replace(BASE, pitch_deg=10, yaw_deg=-6), 10, OCR_B),
    "camera leans 20°": (replace(BASE, pitch_deg=20, yaw_deg=10), 10, OCR_B),
    "camera leans 30°": (replace(BASE, pitch_deg=30, yaw_deg=10), 10, OCR_B),
    "turned 45°, wood": (replace(BASE, cover="wood", pitch_deg=8), 45, OCR_B),
    "upside down, bright table": (replace(BASE, cover="bright", yaw_deg=8), 175, OCR_B),
    "camera leans 10°, sharp ends, blur 2 px": (replace(BASE, pitch_deg=10, blur_px=2), -12, OCR_B_SHARP),
}


@dataclass
class Count:
    """What came of all documents under one condition."""

    characters: int = 0
    wrong: int = 0
    unread: int = 0
    accepted: int = 0
    accepted_wrongly: int = 0
    refused: list[str] = field(default_factory=list)
    peer_wrong: int = 0


def edits(one: str, other: str) -> int:
    """The edit distance between two texts."""
    row = list(range(len(other) + 1))
    for at, a in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, b in enumerate(other, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (a != b))
    return row[-1]


def count(
    table: Table,
    roll_deg: float,
    typeface: Path,
    documents: Iterable[TravelDocument] = DOCUMENTS.values(),
    *,
    with_peer: bool = False,
) -> Count:
    """These documents under one condition; reading is tried on refused pictures too."""
    total = Count()
    for n, document in enumerate(documents):
        zone = encode(document)
        truth = "".join(zone)
        total.characters += len(truth)
        picture = seen(replace(table, papers=(Lying(permit_card(zone, typeface=typeface), 6, -4, roll_deg),)), n)
        found = sheets(picture)
        judged = sheet(picture, None, found)
        if not found:
            total.unread += len(truth)
            total.peer_wrong += len(truth)
            total.refused.append(str(judged))
            continue
        corners = found[0].corners
        flat = straightened(picture, corners, card_or_page(corners))
        read = zone_of(flat)
        if read is None or len("".join(read.lines)) != len(truth):
            total.unread += len(truth)
        else:
            total.wrong += sum(a != b for a, b in zip("".join(read.lines), truth, strict=True))
        if with_peer:
            total.peer_wrong += edits(tesseract(flat, upside_down=abs(roll_deg) > 90), truth)
        if isinstance(judged, Reason):
            total.refused.append(judged.value)
            continue
        try:
            accepted = None if read is None else decode(read.lines)
        except NotMrz:
            accepted = None
        total.accepted += accepted is not None
        total.accepted_wrongly += accepted is not None and accepted != document
    return total


def tesseract(flat: Pixels, *, upside_down: bool) -> str:
    """What Tesseract reads in the lower part of the document."""
    if shutil.which("tesseract") is None:
        return ""
    upright = cv2.rotate(flat, cv2.ROTATE_180) if upside_down else flat
    strip = upright[int(upright.shape[0] * ZONE_FROM) :]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "zone.png"
        cv2.imwrite(str(file), cv2.resize(strip, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC))
        done = subprocess.run(
            ["tesseract", str(file), "-", "--psm", "6", "--dpi", "450", "-c", f"tessedit_char_whitelist={ALPHABET}"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    return "".join(done.stdout.split())


def main() -> None:
    """Prints the table as Markdown."""
    columns = (
        "condition",
        "characters",
        "wrong",
        "not found",
        "accepted",
        "accepted wrongly",
        "refused for",
        "Tesseract",
    )
    print(f"| {' | '.join(columns)} |")
    print("|---|---|---|---|---|---|---|---|")
    for name, condition in CONDITIONS.items():
        got = count(*condition, with_peer=True)
        why = ", ".join(f"{got.refused.count(reason)} {reason}" for reason in sorted(set(got.refused)))
        print(
            f"| {name} | {got.characters} | {got.wrong} | {got.unread} | {got.accepted} of {len(DOCUMENTS)} "
            f"| {got.accepted_wrongly} | {why or '–'} | {got.peer_wrong} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
