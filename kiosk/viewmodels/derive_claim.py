"""Confirm, the wait, done, and the look-up: what is sent, kept and found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from kiosk.days import shown_day
from kiosk.journey import reviewing
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, Further, Payable, Stage
from kiosk.journey.item import ItemCard
from kiosk.journey.screens import Confirm, Doing, Done, Lookup, LookupResult, Paper, Reason, Working
from kiosk.journey.theme import left_out, wanted_parts
from kiosk.money import yuan_text, yuan_words
from kiosk.slips import part_state
from kiosk.viewmodels.derive_course import answers
from kiosk.viewmodels.local_time import shown_moment
from kiosk.viewmodels.page_props import PageProps, Words
from kiosk.viewmodels.row import Row
from kiosk.viewmodels.ways_out import back_and_cancel, button, main, said

BRINGS_MOST: Final = 4
_NOTHING: Final = {Reason.SLIP_FORGED: "forged", Reason.LOOKUP_FAILED: "failed"}


def confirm(screen: Confirm, words: Words) -> PageProps:
    """What will be sent, before it is."""
    answered = tuple(answers(screen, words))
    if answered:
        filled = replace(_confirm_page(words), fields=(*_who(screen, words), *answered))
        return replace(filled, lead="") if screen.item.parts else filled  # the parts need the room
    fields = [*_what(screen.item, words)]
    if screen.masked_name:
        fields.append(Row(words("screen.confirm.name"), screen.masked_name))
    fields.append(Row(words("screen.confirm.number"), screen.masked_number))
    fields.append(Row(words("screen.confirm.way"), words(f"screen.confirm.way.{screen.way.value}")))
    if screen.witness_masked_name:
        fields.append(Row(words("screen.confirm.witness"), screen.witness_masked_name))
    return replace(
        _confirm_page(words),
        fields=tuple(fields),
        heading=words("screen.confirm.sending") if screen.sending else "",
        lines=tuple(Row(words(line), badge=str(n)) for n, line in enumerate(screen.sending, 1)),
    )


def _confirm_page(words: Words) -> PageProps:
    return PageProps(
        screen="confirm",
        title=words("screen.confirm.title"),
        lead=words("screen.confirm.lead"),
        actions=main(Button.CONFIRM, words),
        ways_out=back_and_cancel(words),
    )


def _who(screen: Confirm, words: Words) -> tuple[Row, ...]:
    """What it is and who does it, in few lines: what was filled in, which is all that is sent, needs the room."""
    way = words(f"screen.confirm.way.{screen.way.value}")
    name = " ".join(part for part in (screen.masked_name, screen.masked_number) if part)
    return (
        *_what(screen.item, words),
        Row(words("screen.confirm.applicant"), name),
        Row(words("screen.confirm.way"), f"{way} {screen.witness_masked_name}".strip()),
    )


def _what(item: ItemCard, words: Words) -> Iterator[Row]:
    """What is applied for; of a theme every part, and what was left out."""
    yield Row(words("screen.confirm.item"), "\n".join((item.name, *(f"· {part.name}" for part in wanted_parts(item)))))
    if left := left_out(item):
        yield Row(words("screen.confirm.without"), "\n".join(part.name for part in left))


def working(screen: Working, words: Words) -> PageProps:
    """A wait with a deadline."""
    if screen.done is not None:
        return _waiting(screen.done, words)
    looking = screen.doing in (Doing.LOOKING_UP, Doing.ASKING)
    lead = "printing_lead" if screen.doing is Doing.PRINTING else "hub" if screen.asks_hub else "lead"
    return PageProps(
        screen="working",
        title=words(f"screen.working.{screen.doing.value}"),
        lead=words(f"screen.working.{lead}"),
        picture="working",
        ways_out=back_and_cancel(words) if looking else (),
    )


def _waiting(kept: Done, words: Words) -> PageProps:
    """How far the act just kept has come; she may leave it at that, for it is kept."""
    sent = kept.stage is not Stage.KEPT
    steps = (("kept", "done"), ("sent", "done" if sent else "now"), ("answered", "now" if sent else "plain"))
    return PageProps(
        screen="working",
        title=words("screen.working.waiting"),
        lead=words("screen.working.waiting_lead"),
        picture="working",
        lines=tuple(
            Row(words(f"screen.working.step.{step}"), badge="✓" if how == "done" else str(n), tone=how)
            for n, (step, how) in enumerate(steps, 1)
        ),
        ways_out=(button(Button.ENOUGH, words),),
    )


def _to_pay(screen: Done, order: Payable, words: Words) -> PageProps:
    """It is filed and is to be paid: the code for a phone, the amount in large type, and what to do without one."""
    until = (Row(words("screen.pay.until", until=order.until)),) if order.until else ()
    # a slip that came out is seen, and has the claim code: the code to be paid by needs the room
    trouble = screen.paper in (Paper.NOT_PRINTED, Paper.UNKNOWN)
    lead = words("screen.pay.lead", item=screen.item.name, words=yuan_words(order.amount_fen))
    return PageProps(
        screen="done",
        title=words("screen.pay.title"),
        lead="\n".join((lead, words("screen.pay.without"))),
        notice=_of_paper(screen.paper, screen.paper_text, words) if trouble else "",
        notice_tone="warn" if trouble else "calm",
        qr=order.pay_url,
        big=words("screen.pay.yuan", yuan=yuan_text(order.amount_fen)),
        big_label=order.text,
        fields=(Row(words("screen.done.code"), screen.claim_shown),) if trouble else (),
        lines=(
            *((Row(words("screen.done.take_card"), tone="main"),) if screen.take_card else ()),
            *until,
            Row(words("screen.pay.how")),
        ),
        actions=main(Button.FINISH, words),
        ways_out=(button(Button.HOME, words),),
    )


def _of_order(order: Payable | None, words: Words) -> tuple[Row, ...]:
    """How the payment stands, in rows; the receipt's number where there is one."""
    if order is None:
        return ()
    amount = words("screen.pay.yuan", yuan=yuan_text(order.amount_fen))
    receipt = (Row(words("screen.pay.receipt"), order.receipt),) if order.receipt else ()
    return (Row(words("screen.pay.fee"), f"{amount} {order.text}".strip()), *receipt)


def done(screen: Done, words: Words) -> PageProps:
    """Kept; what the slip says, and how to fetch it if it did not come out. What is settled is told first."""
    if screen.order is not None and screen.order.pay_url:
        return _to_pay(screen, screen.order, words)
    trouble = screen.paper in (Paper.NOT_PRINTED, Paper.UNKNOWN)
    no_slip = screen.paper is Paper.NOT_PRINTED
    further = screen.further
    # the card first: what is good to know must not push it off the screen
    lines = [Row(words("screen.done.take_card"), tone="main")] if screen.take_card else []
    lines += [Row(line) for line in screen.result_note.split("\n") if line]
    lines += [
        Row(words("screen.claim.need", title=need.title, day=shown_day(need.due)), tone="now") for need in further.needs
    ]
    if not screen.result and not further.needs and screen.order is None:
        lines.append(Row(words(f"screen.done.next.{screen.stage.value}")))
    if further.saved_text:
        lines.append(Row(further.saved_text))
    return PageProps(
        screen="done",
        title=words(f"screen.stage.{screen.stage.value}"),
        lead=_told(screen, words),
        notice=_of_paper(screen.paper, screen.paper_text, words),
        notice_tone="warn" if trouble else "calm",
        # what was found, what is to be paid, and why it was not granted, need the room
        picture="" if screen.result or screen.order or _why(screen) or further.parts else _done_picture(screen),
        fields=(
            *(Row(row.label_text, row.value_text) for row in screen.result),
            *_of_order(screen.order, words),
            *(Row(part.name, part_state(part, screen.stage, words)) for part in further.parts),
            *_delivered(further, words),
        ),
        qr=further.voucher,
        # a slip that came out has the claim code, and the bank's code needs the room
        big="" if further.voucher and screen.paper is Paper.PRINTED else screen.claim_shown,
        big_label=words("screen.done.note_code" if no_slip else "screen.done.code"),
        lines=tuple(lines),
        actions=main(Button.FINISH, words),
        ways_out=(
            *((button(Button.PRINT_AGAIN, words),) if trouble else ()),
            button(Button.HOME, words),
        ),
    )


def _told(screen: Done, words: Words) -> str:
    """What it is that stands so, and how it came out."""
    show = words("screen.voucher.show") if screen.further.voucher else ""
    said = (words("screen.done.lead", item=screen.item.name), screen.outcome_text, *_why(screen), show)
    return "\n".join(line for line in said if line)


def _why(screen: Done) -> tuple[str, ...]:
    """Why it did not simply pass; of a payment that is awaited the amount says it."""
    return screen.reasons if screen.state != "approved" and screen.order is None else ()


def _of_paper(paper: Paper, why: str, words: Words) -> str:
    """What became of the slip; why it did not come out says enough: both would push the card off the screen."""
    came = words(f"screen.paper.{paper.value}")
    match paper:
        case Paper.NOT_PRINTED if why:
            return words(why)
        case Paper.UNKNOWN if why:
            return f"{words(why)}{came}"
        case _:
            return came


def _done_picture(screen: Done) -> str:
    """No slip is drawn where none came out, but what is to be done instead: the code is to be written down."""
    if screen.paper is Paper.NOT_PRINTED:
        return "note_code"
    if screen.take_card:
        return "slip_and_card"
    return "slip" if screen.paper is Paper.PRINTED else "done"


def lookup(screen: Lookup, words: Words) -> PageProps:
    """By card or by code; where a scanner works, the slip may be held before it instead."""
    return PageProps(
        screen="lookup",
        title=words("screen.lookup.title"),
        lead=words("screen.lookup.lead"),
        picture="scan_slip" if screen.scan else "",
        lines=(Row(words("screen.lookup.scan")),) if screen.scan else (),
        notice=said(screen.reason, words) or ("" if screen.hub else words("screen.lookup.only_here")),
        notice_tone="warn" if screen.reason else "calm",
        choices=tuple(
            Row(words(f"screen.button.{way.value}"), words(f"screen.lookup.{way.value}"), way.value, way)
            for way in (Button.BY_CARD, Button.BY_CODE)
        ),
        ways_out=back_and_cancel(words),
    )


def lookup_result(screen: LookupResult, words: Words) -> PageProps:
    """What was found, newest first, and who said it."""
    if screen.asking is not None:
        return _why_a_person(screen.claims[screen.asking], screen.asking, words)
    found = bool(screen.claims)
    nothing = _NOTHING.get(screen.reason, "none")
    notices = [said(screen.reason, words)]
    if screen.brought:
        notices.append(words("screen.result.brought", title=screen.brought))
    if screen.review_text:
        notices.append(words(screen.review_text))
    if screen.paper is not None:
        notices.append(_of_paper(screen.paper, screen.paper_text, words))
    source = "screen.result.hub" if screen.answered is Answered.HUB else "screen.result.here"
    return PageProps(
        screen="lookup_result",
        title=words("screen.result.title" if found else f"screen.result.{nothing}"),
        lead=words(source) if found else words(f"screen.result.{nothing}_lead"),
        notice="".join(notices),
        notice_tone="warn" if screen.reason or screen.paper in (Paper.NOT_PRINTED, Paper.UNKNOWN) else "calm",
        picture="" if found else "look",
        qr=next((code for claim in screen.claims if (code := _code_of(claim))), ""),
        fields=tuple(_claim(claim, words) for claim in _with_paper(screen)),
        more=(*_to_bring(screen, words), *_to_ask(screen, words)),
        actions=main(Button.PRINT, words) if found else (),
        ways_out=(button(Button.BACK, words), button(Button.FINISH, words)),
    )


def _to_bring(screen: LookupResult, words: Words) -> Iterator[Row]:
    """A button for each paper that a case waits for; a few, for a screen has an end."""
    needed = ((place, need) for place, claim in enumerate(screen.claims) for need in claim.further.needs)
    for place, need in islice(needed, BRINGS_MOST):
        said = words("screen.button.bring", title=need.title)
        yield Row(said, button=Button.BRING, value=f"{place}.{need.document}")


def _to_ask(screen: LookupResult, words: Words) -> Iterator[Row]:
    """A button for each case that a rule refused and a person may be asked about."""
    for place, claim in enumerate(screen.claims[:BRINGS_MOST]):
        if claim.further.review == reviewing.OPEN:
            said = words("screen.button.ask_person", item=claim.item_name)
            yield Row(said, button=Button.ASK_PERSON, value=str(place))


def _why_a_person(claim: ClaimView, place: int, words: Words) -> PageProps:
    """Why a person is wanted: one touch, and nothing has to be said."""
    return PageProps(
        screen="asked",
        title=words("screen.review.title"),
        lead=words("screen.review.lead", item=claim.item_name),
        choices=tuple(
            Row(words(f"screen.review.why.{why}"), button=Button.ASK_PERSON, value=f"{place}.{why}")
            for why in reviewing.WHYS
        ),
        ways_out=(button(Button.BACK, words), button(Button.FINISH, words)),
    )


def _with_paper(screen: LookupResult) -> tuple[ClaimView, ...]:
    """The cases, the first without its waiting slip once the paper's own news stands above: never both."""
    if screen.paper is None or not screen.claims:
        return screen.claims
    return (replace(screen.claims[0], slip_unsettled=False), *screen.claims[1:])


def _claim(claim: ClaimView, words: Words) -> Row:
    stage = words(f"screen.claim.{claim.stage.value}")
    state = words(f"screen.state.{claim.state}") if claim.state else ""
    taken = bool(claim.further.taken_back)
    to_pay = claim.order if claim.order is not None and claim.order.pay_url else None
    lines = [
        words("screen.voucher.above") if claim.further.voucher else "",
        *(f"{row.label_text}：{row.value_text}" for row in claim.result),
        "" if claim.further.taken_back else claim.result_note,
        *(f"{row.text}：{row.detail}" for row in _of_order(claim.order, words)),
        *(_outcome_of(claim, words) if to_pay is None else _how_to_pay(to_pay, words)),
        *_further(claim, words),
        words("screen.claim.next_due", month=claim.next_due_to_tell) if claim.next_due_to_tell else "",
        _kept_at(claim, words),
        words("screen.claim.decided_at", at=shown_moment(claim.decided_at)) if claim.decided_at else "",
        words("screen.claim.case_no", number=claim.case_no) if claim.case_no else "",
        words("screen.claim.name", name=claim.masked_name) if claim.masked_name else "",
        words("screen.claim.slip_waits") if claim.slip_unsettled else "",
        words("screen.sandbox_note") if claim.sandbox else "",
    ]
    return Row(
        claim.item_name,
        "\n".join(line for line in lines if line),
        _badge(claim, stage, state, words),
        # the strong green means that it is well; nobody may read a refusal as that
        tone="main" if claim.stage is Stage.SETTLED and claim.state != "refused" and not taken else "plain",
    )


def _badge(claim: ClaimView, stage: str, state: str, words: Words) -> str:
    """The stage, and what is so beside it; what was taken back is not simply settled any more."""
    if claim.further.taken_back:
        return words(f"screen.taken_back.badge.{claim.further.taken_back}")
    return f"{stage} · {state}" if state and (claim.stage is Stage.SETTLED or claim.state == "waiting") else stage


def _outcome_of(claim: ClaimView, words: Words) -> tuple[str, ...]:
    """How it came out, and why; of what was taken back, how far that is.

    That papers are missing is overtaken once the last of them lies here.
    """
    if claim.further.taken_back in ("kept", "sent"):
        return (words(f"screen.taken_back.{claim.further.taken_back}"),)
    if claim.outcome_text and claim.further.brought and not claim.further.needs:
        return ()
    told = claim.state != "waiting" or claim.further.needs  # what is missing says which step is still to be done
    waits = "" if told else words("slip.next.waiting")
    return (claim.outcome_text or waits, *claim.reasons)


def _code_of(claim: ClaimView) -> str:
    """What a phone is to read of it: to pay it, or the voucher that a bank reads by."""
    return (claim.order.pay_url if claim.order is not None else "") or claim.further.voucher


def _how_to_pay(order: Payable, words: Words) -> tuple[str, ...]:
    """How and until when; that it is unpaid stands beside the amount already."""
    until = words("screen.pay.until", until=order.until) if order.until else ""
    return (words("screen.pay.above"), until)


def _further(claim: ClaimView, words: Words) -> tuple[str, ...]:
    """How its parts stand, what is still missing, and what was spared."""
    further = claim.further
    if further.taken_back:
        return ()
    return (
        *(
            words("screen.claim.part", name=part.name, state=part_state(part, claim.stage, words))
            for part in further.parts
        ),
        *(words("screen.claim.need", title=need.title, day=shown_day(need.due)) for need in further.needs),
        *(words("screen.claim.brought", title=title) for title in further.brought),
        *(f"{row.text}：{row.detail}" for row in _delivered(further, words)),
        further.saved_text,
    )


def _delivered(further: Further, words: Words) -> tuple[Row, ...]:
    """How far the parcel is, or where it is collected."""
    waybill = (Row(words("hub.delivery.waybill"), further.waybill),) if further.waybill else ()
    wished = words(f"slip.delivery.{further.wish}", place=further.wish_place) if further.wish else ""
    told = further.delivery_text or wished
    return (Row(words("screen.claim.delivery"), told), *waybill) if told else ()


def _kept_at(claim: ClaimView, words: Words) -> str:
    """When it was kept; a time that was in doubt is said to be so."""
    if not claim.kept_at:
        return ""
    mark = "" if claim.clock_sure else words("screen.clock_unsure_mark")
    return words("screen.claim.kept_at", at=shown_moment(claim.kept_at)) + mark
