"""Invented people's cards."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from drivers.social_card.port import SocialCard

ZHANG: Final = SocialCard(
    card_number="Z00042A78",
    id_number="11010519491231002X",
    name="张三",
    sex_code="1",
    ethnic_code="01",
    birth_text="19491231",
    birthplace="110105",
    card_id="00112233445566778899AABBCCDDEEFF",
    version="2.00",
    issuer="010203040506070809101112",
    issued="20200101",
    valid_to="20300101",
)
BARE: Final = SocialCard(card_number="Z00000001", id_number="110105194912310038", name="李四")
"""A card that has only what it must."""
THIRD: Final = replace(ZHANG, card_number="Z00042A79", version="3.00")
