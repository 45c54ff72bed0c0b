"""Taking back a place or a case: the buttons beside what was found, and the question whether it is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.journey import withdrawing as journey
from kiosk.journey.buttons import Button
from kiosk.journey.moves import today
from kiosk.journey.screens import LookupResult, Withdrawing
from kiosk.journey.session import Facts
from kiosk.viewmodels.page_props import PageProps, Words
from kiosk.viewmodels.row import Row
from kiosk.viewmodels.ways_out import button, said

OFFERS_MOST: Final = 3


def with_offers(page: PageProps, screen: LookupResult, facts: Facts, words: Words) -> PageProps:
    """The page with a button for each of the first cases that can be taken back."""
    day = today(facts).isoformat()
    offers = [
        Row(_words(words, "button", claim.further.withdraw, item=claim.item_name), button=Button.WITHDRAW, value=str(n))
        for n, claim in enumerate(screen.claims)
        if journey.offered(claim, day)
    ]
    return replace(page, more=(*page.more, *offers[:OFFERS_MOST]))


def withdrawing(screen: Withdrawing, words: Words) -> PageProps:
    """What is taken back, what that means, and one yes."""
    claim = screen.claim
    what = claim.further.withdraw
    rows = tuple(Row(row.label_text, row.value_text) for row in claim.result)
    return PageProps(
        screen="withdrawing",
        title=_words(words, "title", what),
        lead=_words(words, "lead", what),
        notice=said(screen.reason, words),
        notice_tone="warn",
        fields=(Row(words("screen.confirm.item"), claim.item_name), *rows, *_number(claim.case_no, words)),
        actions=(
            Row(
                _words(words, "confirm", what),
                button=Button.CONFIRM,
                tone="main",
                usable=not screen.keeping,
            ),
        ),
        ways_out=(button(Button.BACK, words),),
    )


def _number(case_no: str, words: Words) -> tuple[Row, ...]:
    return (Row(words("screen.withdrawing.number"), case_no),) if case_no else ()


def _words(words: Words, place: str, what: str, **values: object) -> str:
    return words(f"screen.withdrawing.{place}.{what}", **values)
