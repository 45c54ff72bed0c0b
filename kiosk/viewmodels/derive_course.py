"""What an item asks between identity and confirm, what was answered, and the faces afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kiosk.days import shown_day
from kiosk.journey import pad
from kiosk.journey.buttons import Button
from kiosk.journey.course import Filled, Kind, Stop
from kiosk.journey.filing import Acting, For, PaperFrom
from kiosk.journey.screens import Asked, Confirm, Filling, GiftSeen, Offer, PaperSeen, Rating
from kiosk.viewmodels.derive_identity import CODE_COLUMNS, KEY_COLUMNS, code_keys, number_keys
from kiosk.viewmodels.page_props import PageProps, Words
from kiosk.viewmodels.row import Row
from kiosk.viewmodels.ways_out import back_and_cancel, button, main, said
from seeds.identifiers import mask_number

FACES: Final = ("5", "4", "3", "2", "1")
FEN_PER_YUAN: Final = 100


def asked(screen: Asked, words: Words) -> PageProps:
    """One question and its answers, each as large as the other."""
    title = screen.ask_text or words(f"screen.asked.{screen.stop.kind.value}", **_paper_names(screen))
    return PageProps(
        screen="asked",
        title=title,
        lead=screen.hint_text or _lead(screen, words),
        choices=tuple(_answer(offer, screen, words) for offer in screen.offers),
        ways_out=_ways_out(words, optional=screen.optional),
    )


def _paper_names(screen: Asked) -> dict[str, object]:
    return {} if screen.paper is None else {"paper": screen.paper.name}


def _lead(screen: Asked, words: Words) -> str:
    if screen.stop.kind is Kind.PAPER:
        return words("screen.asked.paper_lead")
    return words("screen.asked.lead", item=screen.item.name)


def _answer(offer: Offer, screen: Asked, words: Words) -> Row:
    detail = offer.detail_text or (words(offer.detail) if offer.detail else "")
    if screen.stop.kind is Kind.PAPER and offer.value == PaperFrom.LATER.value:
        detail = words("screen.paper_from.later_by", day=shown_day(screen.bring_by))
    return Row(
        offer.name or words(offer.text),
        detail,
        button=Button.CHOOSE,
        value=offer.value,
        usable=offer.open,
        tone="main" if offer.chosen else "plain",
    )


def filling(screen: Filling, words: Words) -> PageProps:
    """One question answered on the number pad."""
    field = screen.of
    kind = screen.stop.kind.value if field is None else field.kind
    return PageProps(
        screen="filling",
        title=words(f"screen.asked.{kind}") if field is None else field.ask_text,
        # what is wrong is more pressing than how to type, and both would push the pad off the screen
        lead="" if screen.reason else (field.hint_text if field is not None else "") or words(f"screen.filling.{kind}"),
        notice=said(screen.reason, words),
        notice_tone="warn",
        big=screen.shown,
        big_label=_under(screen, words),
        keys=code_keys(words) if screen.of_organisation else number_keys(words, extra=pad.extra_key(field)),
        key_columns=CODE_COLUMNS if screen.of_organisation else KEY_COLUMNS,
        actions=main(Button.ENTER, words, usable=screen.complete),
        ways_out=_ways_out(words, optional=screen.optional),
    )


def _under(screen: Filling, words: Words) -> str:
    field = screen.of
    if field is not None and field.kind == "yuan":
        return words("screen.filling.yuan_range", least=_plain_yuan(field.least), most=_plain_yuan(field.most))
    if field is not None and field.kind == "whole":
        return words("screen.filling.whole_range", least=field.least, most=field.most)
    return words("screen.typing.count", done=len(screen.text), most=screen.most)


def _plain_yuan(fen: int) -> str:
    return f"{fen // FEN_PER_YUAN}" if fen % FEN_PER_YUAN == 0 else f"{fen / FEN_PER_YUAN:.2f}"


def _ways_out(words: Words, *, optional: bool) -> tuple[Row, ...]:
    return (*back_and_cancel(words), *((button(Button.SKIP, words),) if optional else ()))


def answers(screen: Confirm, words: Words) -> Iterator[Row]:
    """What was filled in, each line as it is sent; a touch on one that can be changed goes there."""
    if screen.acting is not None:
        yield _editable(words("screen.confirm.whose"), _whose(screen.acting, words), Stop(Kind.WHOSE), words)
    where = [each for each in screen.filled if each.field in screen.item.delivery_form]
    yield from (_filled(each, words) for each in screen.filled if each not in where)
    for paper in screen.papers:
        yield _editable(paper.paper.name, _paper(paper, words), paper.stop, words)
    for gift in screen.gifts:
        yield _editable(gift.name_text, _gift(gift, words), gift.stop, words)
    if screen.delivery:
        way = words(f"screen.delivery.{screen.delivery}")
        yield _editable(words("screen.confirm.delivery"), way, Stop(Kind.DELIVERY), words)
    yield from (_filled(each, words) for each in where)


def _filled(each: Filled, words: Words) -> Row:
    return _editable(each.label_text, shown_value(each, words), each.stop, words)


def _editable(label: str, value: str, stop: Stop | None, words: Words) -> Row:
    if stop is None:
        return Row(label, value)
    return Row(label, value, words("screen.button.edit"), Button.EDIT, stop.key)


def _whose(acting: Acting, words: Words) -> str:
    if acting.organisation is not None:
        return acting.organisation.name or pad.code_shown(acting.organisation.uscc)
    if acting.whose is For.SELF or acting.kin is None:
        return words("screen.whose.self")
    return acting.kin.masked_name or acting.kin.masked_number


def _paper(seen: PaperSeen, words: Words) -> str:
    match seen.where:
        case PaperFrom.CERTIFICATE:
            return words("screen.paper_from.certificate")
        case PaperFrom.LATER:
            return words("screen.paper_from.later_by", day=shown_day(seen.bring_by))
        case PaperFrom.SCAN:
            return words("screen.confirm.scanned", pages=seen.pages)


def _gift(seen: GiftSeen, words: Words) -> str:
    if not seen.given:
        signs = seen.stop.kind is Kind.SIGNATURE
        return words("screen.confirm.witnessed" if signs else "screen.confirm.left_out")
    return words(f"screen.confirm.{seen.stop.kind.value}", seconds=seen.seconds)


def shown_value(filled: Filled, words: Words) -> str:
    """A value as a resident reads it; a number of a document is masked."""
    value, field = filled.value, filled.field
    if filled.choice_text:
        return filled.choice_text
    match field.kind:
        case "yes_no":
            return words("screen.asked.yes" if value is True else "screen.asked.no")
        case "yuan":
            return words("screen.value.yuan", amount=f"{int(value) / FEN_PER_YUAN:,.2f}")
        case "date":
            return shown_day(str(value))
        case "phone":
            return pad.shown(field, str(value))
        case "id_number":
            return mask_number(str(value))
        case _:
            return str(value)


def rating(screen: Rating, words: Words) -> PageProps:
    """Five faces of equal size; leaving is as easy as answering."""
    return PageProps(
        screen="rating",
        title=words("screen.rating.title"),
        lead=words("screen.rating.lead", item=screen.item.name),
        choices=tuple(
            Row(words(f"screen.rating.{face}"), badge=f"rate_{face}", button=Button.RATE, value=face) for face in FACES
        ),
        ways_out=(Row(words("screen.rating.skip"), button=Button.FINISH),),
    )
