"""Attract, home, guide, taking the card back, and sorry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kiosk.journey.buttons import Button
from kiosk.journey.item import AskedCase, DueItem, ItemCard, ThemePart
from kiosk.journey.room import REASONS, no_room, turned_away
from kiosk.journey.screens import Attract, Guide, Home, PowerOut, Reason, Sorry
from kiosk.journey.session import Facts
from kiosk.money import yuan_text
from kiosk.viewmodels.page_props import PageProps, Words
from kiosk.viewmodels.row import Row
from kiosk.viewmodels.ways_out import back_and_cancel, button, main, said
from offline.bounds import Cause

MOST_NAMED: Final = 3
MOST_ASKED: Final = 2


def attract(screen: Attract, facts: Facts, words: Words, enrolled: bool) -> PageProps:
    """Nobody is here; a forgotten card is more urgent than any greeting."""
    if screen.card_left:
        lead = words("screen.attract.card_left")
    elif facts.reader_ready:
        lead = words("screen.attract.lead")
    else:
        lead = words("screen.attract.lead_no_reader")
    away = turned_away(facts)
    taken = [item.name for item in facts.items if item.big and item not in away]
    here = taken[:MOST_NAMED] if facts.reader_ready else []
    notice = _no_room(facts, words) if facts.items else words("screen.attract.no_items")
    if not enrolled:
        notice = words("screen.attract.not_enrolled")
    return PageProps(
        screen="attract",
        title=words("screen.attract.title"),
        lead=lead,
        notice=notice,
        picture="take_card" if screen.card_left else "card" if facts.reader_ready else "finger",
        heading=words("screen.attract.here") if here else "",
        big_label="\n".join(here),
        actions=main(Button.WAKE, words),
    )


def home(screen: Home, facts: Facts, words: Words) -> PageProps:
    """您的事 first once a card was laid, then the big few, then all."""
    taken = {due.item.id for due in screen.mine} | ({screen.cut_short.id} if screen.cut_short else set())
    mine = (
        *_cut_short(screen.cut_short, facts, words),
        *_asked(screen.asked, facts, words),
        *_slips(screen.slips_waiting, words),
        *(_due(due, facts, words) for due in screen.mine if due.item != screen.cut_short),
    )
    full = _no_room(facts, words)
    # A row above, or the word that there is no room, takes the place of the last tile: nothing needs to be scrolled to.
    above = bool(screen.slips_waiting) + (screen.cut_short is not None and screen.cut_short not in screen.big)
    above += bool(mine and full) + min(len(screen.asked), MOST_ASKED)
    shown = screen.all if screen.show_all else screen.big[: max(0, len(screen.big) - above)]
    rows = [_tile(item, facts, words) for item in shown if item.id not in taken]
    look_up = Row(
        words("screen.button.look_up"), words("screen.home.look_up_detail"), button=Button.LOOK_UP, badge="look"
    )
    lead = _home_lead(screen, facts, words)
    notice, tone = said(screen.reason, words), "warn" if screen.reason else "calm"
    if not notice and full:
        notice, tone = full, "warn"
    if not notice and not facts.printer_ready:
        notice = words("screen.home.no_printer")
    return PageProps(
        screen="home",
        title=words("screen.home.hello", name=screen.masked_name) if screen.known else words("screen.home.title"),
        lead=lead,
        notice=notice,
        notice_tone=tone,
        heading=_heading(screen, words) if mine else "",
        choices=mine,
        more_heading=words("screen.home.all" if screen.show_all else "screen.home.big"),
        more=(*(row for row in rows if row.usable), look_up, *(row for row in rows if not row.usable)),
        ways_out=(
            button(Button.FEW_ITEMS if screen.show_all else Button.ALL_ITEMS, words),
            button(Button.FINISH, words),
        ),
    )


def _heading(screen: Home, words: Words) -> str:
    own = screen.mine or screen.slips_waiting or screen.cut_short is not None or all(one.own for one in screen.asked)
    return words("screen.home.mine" if own else "screen.home.asked_heading")


def _home_lead(screen: Home, facts: Facts, words: Words) -> str:
    if screen.finding:
        return words("screen.home.finding")
    if screen.cut_short is not None:
        return words("screen.home.cut_short_lead")
    if any(one.open and not one.own for one in screen.asked):
        return words("screen.home.asked")
    if any(one.open for one in screen.asked):
        return words("screen.home.ready")
    if screen.known:
        if screen.mine:
            return words("screen.home.due")
        return words("screen.home.slip_lead" if screen.slips_waiting else "screen.home.nothing_due")
    return words("screen.home.lead" if facts.reader_ready else "screen.home.lead_no_reader")


def _cut_short(item: ItemCard | None, facts: Facts, words: Words) -> tuple[Row, ...]:
    if item is None:
        return ()
    full = no_room(item, facts)
    return (
        Row(
            words("screen.home.cut_short", name=item.name),
            said(full, words) or words("screen.home.cut_short_detail"),
            words("screen.home.cut_short_badge"),
            Button.RESUME,
            usable=full is Reason.NONE,
            tone="main",
        ),
    )


def _asked(asked: tuple[AskedCase, ...], facts: Facts, words: Words) -> Iterator[Row]:
    """Others wait for this one's word: that stands before what is only one's own."""
    for each in asked[:MOST_ASKED]:
        full = no_room(each.item, facts)
        yield Row(
            each.name,
            said(full, words) or each.detail_text,
            words(_badge(each)),
            Button.ITEM,
            each.item.id,
            usable=each.open and full is Reason.NONE,
            tone="main",
        )


def _badge(asked: AskedCase) -> str:
    if not asked.open:
        return "screen.home.asked_over"
    return "screen.home.ready_badge" if asked.own else "screen.home.asked_badge"


def _slips(waiting: int, words: Words) -> tuple[Row, ...]:
    if not waiting:
        return ()
    return (
        Row(
            words("screen.home.slip_waits", count=waiting),
            words("screen.home.slip_waits_detail"),
            words("screen.home.slip_waits_badge"),
            Button.FETCH_SLIP,
            tone="main",
        ),
    )


def _due(due: DueItem, facts: Facts, words: Words) -> Row:
    year, _, month = due.month.partition("-")
    full = no_room(due.item, facts)
    return Row(
        due.item.name,
        said(full, words) or words("screen.home.due_in", year=year, month=int(month or 0)),
        words("screen.home.due_badge"),
        Button.ITEM,
        due.item.id,
        usable=full is Reason.NONE,
        tone="main",
    )


def _tile(item: ItemCard, facts: Facts, words: Words) -> Row:
    """An item; where there is no room for it, muted and saying so."""
    full = no_room(item, facts)
    text, detail = item.called or item.name, said(full, words) or item.summary
    return Row(text, detail, item.picture, Button.ITEM, item.id, usable=full is Reason.NONE)


def _no_room(facts: Facts, words: Words) -> str:
    """That the terminal is too full for some or all, that nothing is lost, and what to do."""
    away = turned_away(facts)
    if not away:
        return ""
    if facts.room.cause is Cause.SHUT_OUT:
        return words("screen.home.shut")
    return words("screen.home.full" if len(away) == len(facts.items) else "screen.home.almost_full")


def guide(screen: Guide, words: Words) -> PageProps:
    """What the item is and needs; what stands against it is said before, not after."""
    item = screen.item
    nothing = screen.blocked is Reason.NOTHING_WANTED
    notice = said(screen.blocked, words) or (words("screen.guide.kept") if screen.will_be_kept else "")
    if screen.blocked in REASONS.values():
        notice += words("journey.room.advice")
    return PageProps(
        screen="guide",
        title=item.name,
        lead="" if item.parts else item.summary,  # the parts say it, and need the room
        notice=notice,
        notice_tone="warn" if screen.blocked else "calm",
        heading=words("screen.guide.how") if item.guide else "",
        lines=tuple(Row(line, badge=str(n)) for n, line in enumerate(item.guide, 1)),
        more_heading=words("screen.guide.parts") if item.parts and not item.whole else "",
        choices=() if item.whole else tuple(_part(part, words) for part in item.parts),
        fields=() if nothing else tuple(_of_theme(item, words) if item.parts else _of_item(item, words)),
        actions=main(Button.BEGIN, words, usable=not nothing) if nothing or screen.blocked is Reason.NONE else (),
        ways_out=back_and_cancel(words),
    )


def _of_item(item: ItemCard, words: Words) -> Iterator[Row]:
    yield Row(words("screen.guide.department"), item.department)
    yield Row(words("screen.guide.price"), _fee(item, words))
    if item.time_limit:
        yield Row(words("screen.guide.time"), item.time_limit)


def _of_theme(item: ItemCard, words: Words) -> Iterator[Row]:
    """The card and each paper that any of the wanted parts needs; in few lines, for the parts need the room."""
    if item.whole:
        yield from (Row(f"{n}. {part.item.name}", part.item.time_limit) for n, part in enumerate(item.parts, 1))
    comma, papers = words("screen.guide.and"), [paper.name for paper in item.papers if paper.required]
    yield Row(words("screen.guide.bring"), comma.join((words("screen.guide.card"), *papers)))
    costs = (_fee(item, words), item.time_limit)
    yield Row(words("screen.guide.price_time"), comma.join(each for each in costs if each))


def _fee(item: ItemCard, words: Words) -> str:
    """What it costs, or costs at least."""
    text_id = "screen.guide.fee_from" if item.fee_grows else "screen.guide.fee"
    return words(text_id, yuan=yuan_text(item.fee_fen)) if item.fee_fen else words("screen.guide.free")


def _part(part: ThemePart, words: Words) -> Row:
    """One item of a theme: who handles it, how long that takes, and what it costs; a touch leaves it out."""
    item = part.item
    fee = _fee(item, words) if item.fee_fen else ""
    detail = " · ".join(each for each in (item.department, item.time_limit, fee) if each)
    return Row(
        item.name,
        detail if part.wanted else words("screen.guide.left_out"),
        button=Button.CHOOSE,
        value=item.id,
        tone="main" if part.wanted else "plain",
    )


def take_card(words: Words) -> PageProps:
    """The end: the card still lies there."""
    return PageProps(
        screen="take_card",
        title=words("screen.take_card.title"),
        lead=words("screen.take_card.lead"),
        picture="take_card",
    )


def power_out(screen: PowerOut, words: Words) -> PageProps:
    """Nobody is served: what is safe, what was not kept, when to come back."""
    notice = words("screen.power_out.take_card") if screen.take_card else ""
    if screen.unfinished:
        lost = "screen.power_out.resumable" if screen.resumable else "screen.power_out.unfinished"
        notice = "\n".join(filter(None, (notice, words(lost))))
    return PageProps(
        screen="power_out",
        title=words("screen.power_out.title"),
        lead=words("screen.power_out.low" if screen.low else "screen.power_out.lead"),
        notice=notice,
        notice_tone="warn",
        picture="power_out",
        lines=tuple(Row(words(f"screen.power_out.line{n}"), badge=str(n)) for n in (1, 2, 3)),
    )


def sorry(screen: Sorry, words: Words) -> PageProps:
    """Whose fault, what happened, what to do."""
    doubt = screen.reason is Reason.KEEP_IN_DOUBT
    return PageProps(
        screen="sorry",
        title=words("screen.sorry.title_in_doubt" if doubt else "screen.sorry.title"),
        lead=said(screen.reason, words),
        notice=words(screen.advice) if screen.advice else "",
        big_label=words(f"screen.sorry.{screen.whose.value}"),
        picture="sorry",
        actions=main(screen.ways[0], words) if screen.ways else (),
        ways_out=tuple(button(way, words) for way in screen.ways[1:]),
    )
