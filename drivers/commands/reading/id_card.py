"""One identity card."""

from __future__ import annotations

from drivers.commands.reading import card
from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.reading.told import of_fields
from drivers.id_card.port import TAKE_BACK, IdCardReader, ReadFault
from drivers.id_card.record import to_record
from drivers.texts import text


def read(reader: IdCardReader, asked: Asked) -> Reading:
    """Everything on the card and the number of the module that read it."""
    if not card.comes(reader, asked.wait_s):
        return card.none_came(reader, asked.wait_s, "id_card.no_card", "请把身份证平放在读卡区，再试一次。")
    outcome = reader.read()
    module = reader.module_number()
    if isinstance(outcome, ReadFault):
        sw = None if outcome.sw is None else bytes(outcome.sw).hex()
        return card.unread(outcome.code, sw, outcome.health, TAKE_BACK)
    return of_fields(to_record(outcome) | {"module_number": module}, aside=text(TAKE_BACK))
