"""What stands on a slip: a case and its stage, told truthfully, as the elements a receipt printer takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from drivers.receipt_printer.port import QR_BYTES_MAX, Element, Feed, Line, Qr, Rule, Slip
from kiosk.days import shown_day
from kiosk.journey.claim import ClaimView, PartSeen, Payable, Stage
from kiosk.money import yuan_text
from offline.wire.claims import shown
from offline.wire.slip_qr import slip_url

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
STAGES: Final = {Stage.KEPT: "slip.stage.kept", Stage.SENT: "slip.stage.sent", Stage.SETTLED: "slip.stage.settled"}
NEXT: Final = {Stage.KEPT: "slip.next.kept", Stage.SENT: "slip.next.sent", Stage.SETTLED: "slip.next.settled"}
# What a person must not overlook stands where else the stage stands.
HEADLINES: Final = frozenset({"refused", "waiting"})
STATES: Final = frozenset({"approved", "refused", "withdrawn", "received", "in_review", "waiting"})
UNDER_WAY: Final = ("kept", "sent")
"""How far what was taken back has come, while it is not done."""
WIDE_MM: Final = 70
URL_BYTES_MAX: Final = 213
"""Of the address in a slip's own QR: a version 10 symbol, which any phone reads from a worn slip."""
REASONS_MOST: Final = 6
PARTS_MOST: Final = 12
NEEDS_MOST: Final = 12


@dataclass(frozen=True)
class Place:
    """Where the slip is printed, and how wide the paper is."""

    terminal_name: str
    region_name: str
    hub_url: str
    phone: str
    paper_width_mm: int = 80
    sandbox: bool = False


def slip_of(
    claim: ClaimView,
    place: Place,
    words: Callable[..., str],
    now: datetime,
    *,
    lines: tuple[str, ...] = (),
    copy: int = 1,
    clock_sure: bool = True,
    seal: Callable[[ClaimView, datetime], str] = lambda _claim, _at: "",
) -> Slip:
    """The slip of a case. `lines` are the item's own, ready to print; `copy` 2 and more says 补打.

    `clock_sure`: whether the terminal's clock is believed now, while it prints; the case's own times say it themselves.

    `seal` gives what stands in the QR beside the code, by which anyone can tell that the slip is genuine.
    """
    big = 2 if place.paper_width_mm >= WIDE_MM else 1
    elements: list[Element] = []
    if place.sandbox or claim.sandbox:
        elements += [Line(words("slip.sandbox"), align="center", bold=True), Rule()]
    elements += [
        Line(words("slip.title"), width=2, height=2, align="center", bold=True),
        Line(place.region_name, align="center"),
        Rule(),
        Line(claim.item_name, width=big, height=2, align="center", bold=True),
        Line(words(_headline(claim)), width=2, height=2, align="center", bold=True),
    ]
    elements += [Line(text) for text in _facts(claim, place, words, _now_text(now, words, sure=clock_sure))]
    if copy > 1:
        elements.append(Line(words("slip.copy")))
    elements.append(Rule())
    if claim.further.taken_back in UNDER_WAY:
        elements.append(Line(words(f"screen.taken_back.{claim.further.taken_back}"), bold=True))
        elements += _result(claim)
    else:
        elements += _outcome(claim, words)
        elements += _result(claim)
        elements += _order(claim.order, words)
        elements += _further(claim, words)
        # an item's own words say it in the item's own terms: both would say it twice
        own = () if claim.further.taken_back else lines
        elements += [Line(line) for line in own or (words(_next(claim)),)]
    elements += _code(claim, place, words, seal(claim, now) if claim.claim_code else "")
    elements += _voucher(claim.further.voucher, place, words)
    elements += [
        Rule(),
        Line(words("slip.phone", phone=place.phone)),
        Line(words("slip.take_card"), bold=True),
        Feed(1),
    ]
    return tuple(elements)


def _headline(claim: ClaimView) -> str:
    if claim.further.taken_back:
        return f"screen.taken_back.badge.{claim.further.taken_back}"
    return f"slip.state.{claim.state}" if claim.state in HEADLINES else STAGES[claim.stage]


def _next(claim: ClaimView) -> str:
    if claim.order is not None and claim.order.pay_url:
        return "slip.next.to_pay"
    if claim.further.needs:
        return "slip.next.needs"
    if claim.further.brought:
        return NEXT[Stage.SENT]
    return "slip.next.waiting" if claim.state == "waiting" else NEXT[claim.stage]


def _now_text(now: datetime, words: Callable[..., str], *, sure: bool) -> str:
    return now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") + _mark(words, sure=sure)


def _mark(words: Callable[..., str], *, sure: bool) -> str:
    return "" if sure else words("slip.clock_unsure")


def _facts(claim: ClaimView, place: Place, words: Callable[..., str], now: str) -> list[str]:
    facts = []
    if claim.masked_name:
        facts.append(words("slip.name", name=claim.masked_name))
    if claim.kept_at:
        mark = _mark(words, sure=claim.clock_sure)
        facts.append(words("slip.kept_at", time=local_time(claim.kept_at)) + mark)
    if claim.decided_at:
        facts.append(words("slip.decided_at", time=local_time(claim.decided_at)))
    if claim.case_no:
        facts.append(words("slip.case_no", number=claim.case_no))
    facts.append(words("slip.terminal", name=place.terminal_name))
    if claim.stage is not Stage.KEPT:
        facts.append(words("slip.printed_at", time=now))
    return facts


def _outcome(claim: ClaimView, words: Callable[..., str]) -> list[Element]:
    if claim.stage is not Stage.SETTLED and claim.state != "waiting":
        return []
    if claim.order is not None and claim.order.pay_url:
        return []  # that it is to be paid stands beside the amount
    if claim.further.brought and not claim.further.needs:
        return []  # what was missing lies here: the hub's last word is overtaken
    outcome = claim.outcome_text or (words(f"slip.state.{claim.state}") if claim.state in STATES else "")
    elements: list[Element] = [Line(outcome, height=2, bold=True)] if outcome else []
    if claim.next_due_to_tell:
        elements.append(Line(words("slip.next_due", month=claim.next_due_to_tell), height=2, bold=True))
    elements += [Line(words("slip.reason", reason=reason)) for reason in claim.reasons[:REASONS_MOST]]
    return elements


def _result(claim: ClaimView) -> list[Element]:
    """What a query found, a line each; the printer wraps it where the paper is narrow."""
    rows: list[Element] = [Line(f"{row.label_text}  {row.value_text}") for row in claim.result]
    elements: list[Element] = [Rule(), *rows, Rule()] if rows else []
    return elements + [Line(line) for line in claim.result_note.split("\n") if line]


def _order(order: Payable | None, words: Callable[..., str]) -> list[Element]:
    """What it costs, whether it is paid, and by which number that can be shown."""
    if order is None:
        return []
    elements: list[Element] = [
        Line(words("slip.pay.fee", yuan=yuan_text(order.amount_fen), state=order.text), bold=True)
    ]
    if order.pay_url and order.until:
        elements.append(Line(words("screen.pay.until", until=order.until)))
    if order.receipt:
        elements.append(Line(words("slip.pay.receipt", number=order.receipt)))
    return elements


def part_state(part: PartSeen, stage: Stage, words: Callable[..., str]) -> str:
    """How a part of a theme stands; one of which the hub has said nothing yet is as far as the whole."""
    return part.state_text or words(f"screen.claim.{stage.value}")


def _further(claim: ClaimView, words: Callable[..., str]) -> list[Element]:
    """How the parts of a theme stand, which papers are still to be brought, and what was spared."""
    further = claim.further
    elements: list[Element] = [
        Line(words("screen.claim.part", name=part.name, state=part_state(part, claim.stage, words)))
        for part in further.parts[:PARTS_MOST]
    ]
    elements += [
        Line(words("screen.claim.need", title=need.title, day=shown_day(need.due)), bold=True)
        for need in further.needs[:NEEDS_MOST]
    ]
    elements += [Line(words("screen.claim.brought", title=title)) for title in further.brought[:NEEDS_MOST]]
    if further.delivery_text:
        elements.append(Line(further.delivery_text))
    elif further.wish:
        elements.append(Line(words(f"slip.delivery.{further.wish}", place=further.wish_place)))
    if further.waybill:
        elements.append(Line(f"{words('hub.delivery.waybill')}：{further.waybill}"))
    return elements + ([Line(further.saved_text)] if further.saved_text else [])


def _code(claim: ClaimView, place: Place, words: Callable[..., str], seal: str) -> list[Element]:
    if not claim.claim_code:
        return []
    url = slip_url(place.hub_url, claim.claim_code, seal)
    if len(url.encode("utf-8")) > URL_BYTES_MAX:
        url = slip_url(place.hub_url, claim.claim_code)  # a slip that cannot be checked is better than none
    return [
        Rule(),
        Line(words("slip.code"), align="center"),
        Line(shown(claim.claim_code), width=2, height=2, align="center", bold=True),
        Line(words("slip.code_use"), align="center"),
        Qr(url, size=6 if place.paper_width_mm >= WIDE_MM else 5),
        Line(words("slip.qr"), align="center"),
    ]


def _voucher(line: str, place: Place, words: Callable[..., str]) -> list[Element]:
    """What a bank reads by; one that is longer than paper holds is shown on the screen only, and the slip says so."""
    if not line:
        return []
    if len(line.encode("utf-8")) > QR_BYTES_MAX:
        return [Rule(), Line(words("slip.voucher.on_screen"))]
    return [
        Rule(),
        Line(words("slip.voucher.title"), height=2, align="center", bold=True),
        Qr(line, size=5 if place.paper_width_mm >= WIDE_MM else 4),
        Line(words("slip.voucher.use")),
    ]


def local_time(text: str) -> str:
    """A stored UTC time as people here read it; what is no time is shown as it came."""
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text
    if at.tzinfo is None:
        return text
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
