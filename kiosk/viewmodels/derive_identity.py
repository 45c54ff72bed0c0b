"""Consent, the card, the number pad, and the three ways to show who one is."""

from __future__ import annotations

from typing import Final

from kiosk.journey.buttons import Button
from kiosk.journey.screens import (
    CardFor,
    CardWanted,
    Consent,
    Face,
    FaceStage,
    LaterCheck,
    Reason,
    Typing,
    TypingFor,
    Witness,
)
from kiosk.viewmodels.page_props import PageProps, Words
from kiosk.viewmodels.row import Row
from kiosk.viewmodels.ways_out import back_and_cancel, button, main, said

KEYS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9")
CODE_KEYS: Final = "1234567890ABCDEFGHJKLMNPQRTUWXY"
CODE_COLUMNS: Final = 8
KEY_COLUMNS: Final = 3
DRAWINGS: Final = (("left", "turn_left"), ("right", "turn_right"), ("straight", "face"))


def consent(screen: Consent, words: Words) -> PageProps:
    """Ways of equal size; one not offered keeps its place and says why. Where the card is enough, only that."""
    if screen.card:
        return PageProps(
            screen="consent",
            title=words("screen.consent.card_title"),
            lead=words("screen.consent.lead", item=screen.item.name),
            lines=tuple(Row(words(f"screen.consent.line{n}"), badge=str(n)) for n in (1, 2)),
            heading=words("screen.consent.card_choose"),
            choices=(_way(Button.AGREE_CARD, True, "", words),),
            ways_out=back_and_cancel(words),
        )
    return PageProps(
        screen="consent",
        title=words("screen.consent.title"),
        lead=words("screen.consent.lead", item=screen.item.name),
        lines=tuple(Row(words(f"screen.consent.line{n}"), badge=str(n)) for n in (1, 2, 3)),
        heading=words("screen.consent.choose"),
        choices=(
            _way(Button.AGREE_FACE, screen.face, "" if screen.face else said(screen.face_reason, words), words),
            _way(Button.WITNESS, screen.witness, "", words),
            _way(Button.LATER_CHECK, screen.later, "", words),
        ),
        ways_out=back_and_cancel(words),
    )


def _way(which: Button, offered: bool, why_not: str, words: Words) -> Row:
    detail = words(f"screen.way.{which.value}") if offered else why_not or words("screen.way.not_here")
    return Row(words(f"screen.button.{which.value}"), detail, which.value, which, usable=offered)


def card_wanted(screen: CardWanted, words: Words) -> PageProps:
    """Lay the card; while the reader is away nothing is asked for, but what works without it is offered."""
    if screen.reason is Reason.READER_LOST:
        return PageProps(
            screen="card_wanted",
            title=words("screen.card.lost"),
            lead=words("screen.card.lost_lead"),
            notice=said(screen.reason, words),
            notice_tone="warn",
            picture="reader_lost",
            choices=(
                Row(words("screen.button.by_code"), words("screen.card.by_code_detail"), "by_code", Button.BY_CODE),
            ),
            ways_out=back_and_cancel(words),
        )
    purpose = "lookup" if screen.purpose is CardFor.LOOKUP else "identity"
    return PageProps(
        screen="card_wanted",
        title=words("screen.card.reading" if screen.reading else "screen.card.title"),
        lead=words("screen.card.hold" if screen.reading else f"screen.card.{purpose}"),
        notice=said(screen.reason, words),
        notice_tone="warn",
        picture="card",
        choices=(
            (
                Row(
                    words("screen.button.type_number"),
                    words("screen.card.type_detail"),
                    "type_number",
                    Button.TYPE_NUMBER,
                ),
            )
            if screen.typing
            else ()
        ),
        ways_out=back_and_cancel(words),
    )


def typing(screen: Typing, words: Words) -> PageProps:
    """The number pad."""
    number = screen.purpose is TypingFor.NUMBER
    return PageProps(
        screen="typing",
        title=words("screen.typing.number" if number else "screen.typing.code"),
        lead=words("screen.typing.number_lead" if number else "screen.typing.code_lead"),
        notice=said(screen.reason, words),
        notice_tone="warn",
        big=screen.shown,
        big_label=words("screen.typing.count", done=len(screen.text), most=screen.most),
        keys=number_keys(words, extra="X" if number else ""),
        actions=main(Button.ENTER, words, usable=screen.complete),
        ways_out=back_and_cancel(words),
    )


def number_keys(words: Words, *, extra: str) -> tuple[Row, ...]:
    """The pad's twelve places; the one before the zero is what the text may need besides digits, or empty."""
    return (
        *(Row(key, button=Button.DIGIT, value=key) for key in KEYS),
        Row(extra, button=Button.DIGIT, value=extra) if extra else Row(""),
        Row("0", button=Button.DIGIT, value="0"),
        button(Button.ERASE, words, tone="warn"),
    )


def code_keys(words: Words) -> tuple[Row, ...]:
    """The pad for an organisation's code: its thirty-one characters, and one back."""
    return (*(Row(key, button=Button.DIGIT, value=key) for key in CODE_KEYS), button(Button.ERASE, words, tone="warn"))


def face(screen: Face, words: Words) -> PageProps:
    """The check, with the other ways always in sight."""
    ended = screen.stage in (FaceStage.FAILED, FaceStage.UNAVAILABLE)
    covered = Reason.FACE_COVERED.value in (screen.prompt, screen.reason.value)
    if screen.prompt and not ended:
        prompt = words(screen.prompt)
    else:
        prompt = words(_CAMERA_TITLES.get(screen.reason, f"screen.face.{screen.stage.value}"))
    ways: list[Row] = []
    if screen.witness:
        ways.append(button(Button.WITNESS, words))
    if screen.later:
        ways.append(button(Button.LATER_CHECK, words))
    again = screen.stage is FaceStage.FAILED and screen.tries_left > 0
    return PageProps(
        screen="face",
        title=prompt,
        lead=said(screen.reason, words) if ended else words("screen.face.lead"),
        # a camera's trouble takes no try, so none are counted
        notice=words("screen.face.tries", left=screen.tries_left)
        if again and screen.reason not in _CAMERA_TITLES
        else "",
        picture=_face_picture(screen, ended, covered),
        preview=not ended,
        progress=screen.progress,
        heading=words("screen.face.other_ways") if ways else "",
        more=tuple(ways),
        actions=main(Button.RETRY, words) if again else (),
        ways_out=back_and_cancel(words),
    )


_CAMERA_TITLES: Final = {
    Reason.FACE_COVERED: "screen.face.covered",
    Reason.FACE_NO_CAMERA: "screen.face.no_camera",
    Reason.FACE_CAMERA_BACK: "screen.face.camera_back",
}


def _face_picture(screen: Face, ended: bool, covered: bool) -> str:
    if covered:
        return "camera_covered"
    if screen.reason is Reason.FACE_NO_CAMERA:
        return "no_camera"
    if screen.reason is Reason.FACE_CAMERA_BACK:
        return "face"
    return "sorry" if ended else next((d for part, d in DRAWINGS if part in screen.prompt), "face")


def later_check(screen: LaterCheck, words: Words) -> PageProps:
    """Separate consent for a sealed picture."""
    return PageProps(
        screen="later_check",
        title=words("screen.later.taking" if screen.agreed else "screen.later.title"),
        lead=words("screen.later.lead"),
        notice=said(screen.reason, words),
        notice_tone="warn",
        picture="face",
        lines=tuple(Row(words(f"screen.later.line{n}"), badge=str(n)) for n in (1, 2, 3)),
        more=(button(Button.WITNESS, words),) if screen.witness else (),
        actions=() if screen.agreed or screen.reason is Reason.FACE_NO_CAMERA else main(Button.AGREE_PICTURE, words),
        ways_out=back_and_cancel(words),
    )


def witness(screen: Witness, words: Words) -> PageProps:
    """The helper lays their own card."""
    lost = screen.reason is Reason.READER_LOST
    if lost:
        title, lead = "screen.card.lost", "screen.card.lost_lead"
    elif screen.checking:
        title = "screen.witness.checking"
    else:
        title = "screen.witness.lift" if screen.lift_first else "screen.witness.title"
    if not lost:
        lead = "screen.witness.lift_lead" if screen.lift_first else "screen.witness.lead"
    return PageProps(
        screen="witness",
        title=words(title),
        lead=words(lead),
        notice=said(screen.reason, words),
        notice_tone="warn",
        picture="reader_lost" if lost else "take_card" if screen.lift_first else "helper",
        more=(button(Button.LATER_CHECK, words),) if screen.later else (),
        ways_out=back_and_cancel(words),
    )
