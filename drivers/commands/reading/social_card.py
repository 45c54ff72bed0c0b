"""One social-security card."""

from __future__ import annotations

from drivers.commands.reading import card
from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.reading.told import of_fields
from drivers.social_card.port import TAKE_BACK, ReadFault, SocialCardReader
from drivers.social_card.record import to_record
from drivers.texts import text


def read(reader: SocialCardReader, asked: Asked) -> Reading:
    """What the card says without a PSAM."""
    if not card.comes(reader, asked.wait_s):
        return card.none_came(reader, asked.wait_s, "social_card.no_card", "请把社保卡芯片朝里插到底，再试一次。")
    outcome = reader.read()
    if isinstance(outcome, ReadFault):
        sw = None if outcome.sw is None else f"{outcome.sw:04x}"
        return card.unread(outcome.code, sw, outcome.health, TAKE_BACK)
    return of_fields(to_record(outcome), aside=text(TAKE_BACK))
