"""When something can be booked, as data: days ahead, weekdays, places in each half-day."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from seeds.form import FieldName


class BookingRule(BaseModel):
    """Half-days from tomorrow on; whoever runs a real calendar puts it behind the same names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: FieldName  # of the form: where the chosen half-day stands
    options: FieldName  # the name under which the hub offers them
    days: int = Field(ge=1, le=10)
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1)
    places: int = Field(ge=1, le=200)
