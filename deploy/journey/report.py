"""The report of a journey, in the shape other programs rely on."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, TypeAdapter


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class StepReport(_Frozen):
    """One step as it went; `ms` is what it took, `image` the picture taken after it."""

    n: int
    do: str
    ok: bool
    ms: int
    screen: str
    image: str | None
    why: str | None = None


class EventReport(_Frozen):
    """An event the terminal keeps."""

    id: str
    type: str


class JourneyReport(_Frozen):
    """`touches` counts what the resident touched until the done screen, the optional rating not counted."""

    ok: bool
    journey: str
    touches: int
    seconds: float
    steps: tuple[StepReport, ...]
    slips: tuple[str, ...]
    events: tuple[EventReport, ...]


def written(reports: Sequence[JourneyReport]) -> str:
    """As JSON: one report as itself, several as a list in the order they were played."""
    if len(reports) == 1:
        return reports[0].model_dump_json(indent=1)
    return TypeAdapter(list[JourneyReport]).dump_json(list(reports), indent=1).decode("utf-8")
