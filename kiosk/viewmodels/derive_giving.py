"""What is given besides words: the paper under the camera, the photo, the voice; one thing a screen."""

from __future__ import annotations

from kiosk.journey.buttons import Button
from kiosk.journey.course import Kind
from kiosk.journey.screens import GiveStage, Giving
from kiosk.viewmodels.page_props import PageProps, Words
from kiosk.viewmodels.row import Row
from kiosk.viewmodels.ways_out import back_and_cancel, button

LIVE = (GiveStage.AIMING, GiveStage.TAKING)


def giving(screen: Giving, words: Words) -> PageProps:
    """From the consent to what was taken."""
    voice, signing = screen.stop.kind is Kind.VOICE, screen.stop.kind is Kind.SIGNATURE
    advice = words(screen.advice) if screen.advice else ""
    return PageProps(
        screen="giving",
        title=_title(screen, words),
        lead=_lead(screen, words),
        notice=advice or _where(screen, words),
        notice_tone="warn" if advice else "calm",
        picture=_picture(screen),
        draws=signing,
        big_label=words("screen.giving.sign_here") if signing else "",
        drawing=";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in screen.strokes),
        preview=not voice
        and not signing
        and (screen.stage in LIVE or screen.stage in (GiveStage.SHOWN, GiveStage.SEALING)),
        progress=screen.level if screen.stage is GiveStage.RECORDING else 0.0,
        big=_counted(screen, words) if voice else "",
        choices=tuple(_way(role, screen, words) for role in screen.ways) if screen.stage is GiveStage.ASKED else (),
        more=tuple(_more(screen, words)),
        actions=_action(screen, words),
        ways_out=_ways_out(screen, words),
    )


def _title(screen: Giving, words: Words) -> str:
    kind, stage = screen.stop.kind.value, screen.stage
    match stage:
        case GiveStage.ASKED | GiveStage.SIGNING:
            return screen.ask_text or words("screen.giving.scan", name=screen.name_text)
        case GiveStage.AIMING | GiveStage.SHOWN:
            return words(f"screen.giving.{stage.value}.{kind}")
        case _:
            return words(f"screen.giving.{stage.value}")


def _lead(screen: Giving, words: Words) -> str:
    match screen.stage:
        case GiveStage.ASKED if screen.ways:
            lead = words(f"screen.giving.{screen.stop.kind.value}.lead")
            return "\n".join(line for line in (screen.hint_text, lead) if line)
        case GiveStage.RECORDING:
            return words("screen.giving.recording_lead")
        case GiveStage.SIGNING:
            return words("screen.giving.signing.lead")
        case _ if screen.stop.kind is not Kind.VOICE and screen.stage in (*LIVE, GiveStage.SHOWN):
            return ""  # the picture needs the room
        case _:
            return screen.name_text


def _where(screen: Giving, words: Words) -> str:
    """Of a scan: whether the sheet is seen, or which page it is."""
    if screen.stop.kind is not Kind.SCAN:
        return ""
    match screen.stage:
        case GiveStage.AIMING:
            return words("screen.giving.found" if screen.found else "screen.giving.not_found")
        case GiveStage.SHOWN:
            return words("screen.giving.page", page=screen.pages, most=screen.pages_most)
        case _:
            return ""


def _counted(screen: Giving, words: Words) -> str:
    if screen.stage not in (GiveStage.RECORDING, GiveStage.SHOWN, GiveStage.LISTENING):
        return ""
    return words("screen.giving.seconds", seconds=int(screen.seconds), most=int(screen.seconds_most))


def _picture(screen: Giving) -> str:
    if screen.stage is GiveStage.ASKED:
        return "" if screen.ways else "sorry"
    if screen.stop.kind is Kind.VOICE:
        return "voice"
    return "working" if screen.stage is GiveStage.OPENING else ""


def _way(role: str, screen: Giving, words: Words) -> Row:
    if screen.stop.kind is Kind.SCAN:
        detail = words("screen.paper_from.scan_detail")
    else:
        detail = words(f"screen.give.way.{role}", seconds=int(screen.seconds_most))
    return Row(words(f"screen.button.give.{role}"), detail, _DRAWINGS[role], Button.GIVE, role)


_DRAWINGS = {"document_camera": "scan_paper", "face_camera": "face", "audio": "voice"}


def _more(screen: Giving, words: Words) -> tuple[Row, ...]:
    voice = screen.stop.kind is Kind.VOICE
    if screen.stage is GiveStage.SIGNING and screen.strokes:
        return (Row(words("screen.button.again.signature"), button=Button.AGAIN),)
    if screen.stage in (GiveStage.ASKED, GiveStage.SIGNING) and screen.had:
        return (Row(words("screen.button.good.had"), button=Button.GOOD),)
    if screen.stage not in (GiveStage.SHOWN, GiveStage.LISTENING):
        return ()
    again = Row(words("screen.button.again.voice" if voice else "screen.button.again"), button=Button.AGAIN)
    listen = button(Button.LISTEN, words, usable=screen.stage is GiveStage.SHOWN)
    pages = screen.stop.kind is Kind.SCAN and screen.pages < screen.pages_most
    return (*((listen,) if voice else ()), again, *((button(Button.MORE, words),) if pages else ()))


def _action(screen: Giving, words: Words) -> tuple[Row, ...]:
    match screen.stage:
        case GiveStage.AIMING:
            return (button(Button.TAKE, words, tone="main"),)
        case GiveStage.SIGNING:
            there = bool(screen.strokes)
            return (Row(words("screen.button.good.signature"), button=Button.GOOD, tone="main", usable=there),)
        case GiveStage.RECORDING:
            return (button(Button.STOP, words, tone="main"),)
        case GiveStage.SHOWN | GiveStage.LISTENING:
            said = "screen.button.good.voice" if screen.stop.kind is Kind.VOICE else "screen.button.good"
            return (Row(words(said), button=Button.GOOD, tone="main"),)
        case _:
            return ()


def _ways_out(screen: Giving, words: Words) -> tuple[Row, ...]:
    if screen.stage is GiveStage.SEALING:
        return ()
    skip = "screen.button.skip.cannot" if screen.cannot else f"screen.button.skip.{screen.stop.kind.value}"
    ways = back_and_cancel(words)
    return (*ways, Row(words(skip), button=Button.SKIP)) if screen.optional else ways
