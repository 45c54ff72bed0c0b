"""A signature that a finger drew, from its strokes to a picture (pure)."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

WIDTH: Final = 1000
HEIGHT: Final = 400
_Point = tuple[Annotated[int, Field(ge=0, le=WIDTH)], Annotated[int, Field(ge=0, le=HEIGHT)]]
_Stroke = Annotated[tuple[_Point, ...], Field(min_length=1, max_length=400)]


class _Signed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    strokes: Annotated[tuple[_Stroke, ...], Field(min_length=1, max_length=60)]


def signature_picture(untrusted: bytes) -> bytes | None:
    """The strokes as SVG, made of checked numbers only; None for what is no signature."""
    try:
        strokes = _Signed.model_validate_json(untrusted).strokes
    except ValidationError:
        return None
    lines = "".join(_line(stroke) for stroke in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<g fill="none" stroke="#123" stroke-width="10" stroke-linecap="round" stroke-linejoin="round">{lines}</g>'
        "</svg>"
    ).encode()


def _line(stroke: tuple[tuple[int, int], ...]) -> str:
    (x, y), *rest = stroke
    return f'<path d="M{x} {y}' + "".join(f"L{a} {b}" for a, b in rest or ((x, y),)) + '"/>'
