"""How an item's cases are worked on: who handles them, what may stop the clock, what may come later."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Level = Literal["province", "city", "county", "town", "village"]
Procedure = Literal["expert_review", "hearing", "inspection", "publicity"]
"""The special procedures (特别程序) whose days do not count: 专家评审、听证、检验勘验、公示."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LatePapers(_Data):
    """容缺: which papers may come later, and until when, stands beside each; here what becomes of the case."""

    remind_days: int = Field(ge=0, le=60)  # so many days before the end the resident is reminded
    at_end: Literal["refuse", "withdraw"]


class Casework(_Data):
    """Everything here has a default that suits an item done in the village hall."""

    level: Level = "village"
    # A fact of the decision that names the division whose unit handles the case, e.g. person.pension.county.
    routed_by: Annotated[str, StringConstraints(pattern=r"^([a-z_]+(\.[a-z_]+)+)?$")] = ""
    procedures: tuple[Procedure, ...] = Field(default=(), max_length=4)
    late_papers: LatePapers = LatePapers(remind_days=3, at_end="withdraw")
    ticket: bool = False  # an event ticket: assigned, acted on, answered; no rule approves it
