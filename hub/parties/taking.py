"""Joins words to their cases, whichever came first, ends what nobody confirmed in time, and tells everybody.

A word counts once, in the transaction that holds both cases; whoever is told of it hears how the case really stands.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import Select, String, and_, cast, func, not_, or_, select
from sqlalchemy import case as case_when
from sqlalchemy.orm import Session, aliased

from hub.answers import Addressee, answer, conclude, lock_cases
from hub.cases import outcome_text
from hub.casework.joining import name_of
from hub.casework.state import SETTLED, By
from hub.casework.steps import before_its_rule_again, note
from hub.certificates.orders import DONE
from hub.certificates.tables import Certificate, CertificateJob
from hub.hub import Hub
from hub.moments import local_day
from hub.notices.making import notify
from hub.parties.shape import Took, next_of, taken
from hub.parties.standing import PARTIES, WORD, role_text, rows_of, shape_of, target_of, waiting_text
from hub.parties.tables import CaseParty, PartyWord
from hub.parties.telling import LAPSED, tell_answered
from hub.tables import Case
from hub.withdrawals import read_addressee

_PARTY: Final = By("party")
_CLOCK: Final = By("clock")
_OVER: Final = "over"
_WHY: Final = frozenset(("unknown", "wrong", "changed"))


def take_up_words(hub: Hub) -> int:
    """Takes up the words that can be joined now, and tells whom a case moved for; returns how many."""
    with hub.database.reading() as session:
        ready = [(row.word, row.target) for row in session.execute(_ready(hub))]
        early = session.scalars(_early(hub)).all()
    done = sum(_take_up(hub, word, target) for word, target in ready)
    done += sum(_not_yet(hub, word) for word in early)
    return done + tell_parties(hub)


def sweep_parties(hub: Hub) -> int:
    """Ends the cases that somebody did not confirm in time, and the words that never found their case."""
    today = local_day(hub.clock())
    late = select(CaseParty.case_id).join(Case, Case.id == CaseParty.case_id)
    late = late.where(CaseParty.answer == "asked", CaseParty.due_on < today)
    late = late.where(Case.state == "waiting", Case.waits_for == PARTIES).distinct()
    since = hub.clock() - timedelta(days=hub.settings.word_days)
    lost = select(PartyWord.case_id).where(PartyWord.state.in_(("new", "early")), PartyWord.made_at < since)
    with hub.database.reading() as session:
        cases = session.scalars(late.limit(hub.settings.word_batch)).all()
        words = session.scalars(lost.limit(hub.settings.word_batch)).all()
    return sum(_lapse(hub, case_id) for case_id in cases) + sum(_lose(hub, word_id) for word_id in words)


def tell_parties(hub: Hub) -> int:
    """Tells the terminals of those who confirmed, once for each step of the case; returns how many were told."""
    with hub.database.reading() as session:
        stale = [(row.word, row.stamp) for row in session.execute(_followed(hub))]
        told = [(word, stamp, read_addressee(session, hub, session.get_one(Case, word))) for word, stamp in stale]
    for word_id, stamp, addressee in told:
        with hub.database.writing() as session:
            (case,) = lock_cases(session, {word_id})
            session.get_one(PartyWord, word_id, with_for_update=True).told = stamp
            target = target_of(session, hub, case)
            if target is not None and target.state in SETTLED:
                text = f"{name_of(hub, target.item)}：{outcome_text(hub, target)}"
                notify(session, hub, case, "decision", f"{target.id}:{target.state}", text)
            if addressee is not None:
                answer(session, hub, case, addressee)
    return len(told)


def _ready(hub: Hub) -> Select[int, int]:
    """Words whose case is here and has been looked at: before that nobody knows who is asked."""
    named = or_(
        and_(PartyWord.event != "", Case.event_id == PartyWord.event),
        and_(PartyWord.event == "", PartyWord.claim_hash != "", Case.claim_hash == PartyWord.claim_hash),
    )
    asked = select(CaseParty.id).where(CaseParty.case_id == Case.id, CaseParty.subject == PartyWord.subject).exists()
    wanted = select(PartyWord.case_id.label("word"), Case.id.label("target")).join(Case, named)
    wanted = wanted.where(PartyWord.state.in_(("new", "early")), Case.parent_id.is_(None), Case.state != "received")
    # Two terminals may have made the same code: then the one is meant that asks whoever names it.
    return wanted.order_by(PartyWord.made_at, PartyWord.case_id, not_(asked)).limit(hub.settings.word_batch)


def _early(hub: Hub) -> Select[int]:
    """Words that have just come: where their case is not here yet, whoever said it hears that once."""
    return (
        select(PartyWord.case_id)
        .where(PartyWord.state == "new")
        .order_by(PartyWord.made_at, PartyWord.case_id)
        .limit(hub.settings.word_batch)
    )


def _take_up(hub: Hub, word_id: int, target_id: int) -> bool:
    with hub.database.reading() as session:  # the answers' keys are slow to make: before any lock
        own = read_addressee(session, hub, session.get_one(Case, word_id))
        other = read_addressee(session, hub, session.get_one(Case, target_id))
    with hub.database.writing() as session:
        cases = {one.id: one for one in lock_cases(session, {word_id, target_id})}
        case, target = cases[word_id], cases[target_id]
        word = session.get_one(PartyWord, word_id, with_for_update=True)
        if word.state not in ("new", "early"):
            return False  # another worker was quicker
        if (case.state, case.waits_for) != ("waiting", WORD):
            word.state = "void"  # it was taken back before it counted
            return True
        rows = rows_of(session, target_id)
        is_open = (target.state, target.waits_for) == ("waiting", PARTIES)
        after, took = taken(shape_of(rows), word.subject, yes=word.yes, is_open=is_open)
        word.state = took
        if took == "counted":
            word.target_id = target_id
            for row, party in zip(rows, after, strict=True):
                if row.answer != party.answer:
                    row.answer, row.answered_at, row.word_id = party.answer, hub.clock(), word_id
                    row.masked = case.masked_name
            session.flush()
            tell_answered(session, hub, rows)
        _conclude_word(session, hub, case, target, word, took, own)
        if took == "counted":
            _follow(session, hub, target, word, other)
    return True


def _conclude_word(
    session: Session, hub: Hub, case: Case, target: Case, word: PartyWord, took: Took, own: Addressee | None
) -> None:
    """Whoever said it hears what became of it; of a case that is none of theirs, nothing."""
    code = f"word_{took}" if took != "counted" else f"word_{'yes' if word.yes else 'no'}"
    item = "" if took == "stranger" else name_of(hub, target.item)
    reasons = [{"code": code, "text": hub.texts(f"hub.party.{code}", item=item)}]
    conclude(session, hub, case, "word_counted" if took == "counted" else "word_void", _PARTY, reasons, own)


def _follow(session: Session, hub: Hub, target: Case, word: PartyWord, other: Addressee | None) -> None:
    """The case goes to its rule, ends, or goes on waiting for the others."""
    rows = rows_of(session, target.id)
    match next_of(shape_of(rows)):
        case "refuse":
            no = next(row for row in rows if row.answer == "declined")
            why = hub.texts(f"hub.party.why.{word.reason}") if word.reason in _WHY else ""
            who = role_text(hub, target.item, no.role)
            text = hub.texts("hub.party.declined_by", who=who, why=f"：{why}" if why else "")
            reasons = [{"code": "party_refused", "text": text}]
            conclude(session, hub, target, "party_refused", _PARTY, reasons, other)
        case "decide":
            reasons = [{"code": "parties_agreed", "text": hub.texts("hub.party.agreed")}]
            conclude(session, hub, target, "parties_agreed", _PARTY, reasons, other)
            before_its_rule_again(session, target.id)
            hub.work.set()
        case "wait":
            target.reasons = [{"code": "await_parties", "text": waiting_text(hub, target, rows)}]
            note(session, hub, target, "word_counted", _PARTY, target.state, "")
            if other is not None:
                answer(session, hub, target, other)


def _not_yet(hub: Hub, word_id: int) -> bool:
    with hub.database.reading() as session:
        own = read_addressee(session, hub, session.get_one(Case, word_id))
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {word_id})
        word = session.get_one(PartyWord, word_id, with_for_update=True)
        if word.state != "new":
            return False
        word.state = "early"
        case.reasons = [{"code": "word_early", "text": hub.texts("hub.party.word_early")}]
        session.flush()
        if own is not None and case.state == "waiting":
            answer(session, hub, case, own)
    return True


def _lapse(hub: Hub, case_id: int) -> bool:
    """Nobody said no, but somebody did not say yes: it ends as if it had not been asked."""
    with hub.database.reading() as session:
        addressee = read_addressee(session, hub, session.get_one(Case, case_id))
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        left = [row for row in rows_of(session, case_id) if row.answer == "asked"]
        late = [row for row in left if row.due_on < local_day(hub.clock())]
        if (case.state, case.waits_for) != ("waiting", PARTIES) or not late:
            return False
        who = "、".join(role_text(hub, case.item, row.role) for row in late)
        due = min(row.due_on for row in late)
        text = hub.texts("hub.party.lapsed", who=who, due=f"{due.month}月{due.day}日")
        reasons = [{"code": LAPSED, "text": text}]
        conclude(session, hub, case, "lapse", _CLOCK, reasons, addressee, to="withdrawn")
        notify(session, hub, case, "decision", f"{case.id}:lapsed", text)
    return True


def _lose(hub: Hub, word_id: int) -> bool:
    with hub.database.reading() as session:
        own = read_addressee(session, hub, session.get_one(Case, word_id))
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {word_id})
        word = session.get_one(PartyWord, word_id, with_for_update=True)
        if word.state not in ("new", "early"):
            return False
        word.state = "unknown"
        if (case.state, case.waits_for) == ("waiting", WORD):
            reasons = [{"code": "word_unknown", "text": hub.texts("hub.party.word_unknown")}]
            conclude(session, hub, case, "lapse", _CLOCK, reasons, own, to="refused")
    return True


def _followed(hub: Hub) -> Select[int, str]:
    """The words that count, with how their cases stand, as long as there is still something to hear."""
    target = aliased(Case)
    made = select(func.count()).where(Certificate.case_id == target.id).scalar_subquery()
    making = select(CertificateJob.id).where(CertificateJob.case_id == target.id, CertificateJob.state != DONE)
    over = case_when((and_(target.state.in_(SETTLED), not_(making.exists())), _OVER), else_="")
    parts = (over, target.state, func.coalesce(target.waits_for, ""), cast(made, String))
    stamp = parts[0] + ":" + parts[1] + ":" + parts[2] + ":" + parts[3]
    wanted = select(PartyWord.case_id.label("word"), stamp.label("stamp")).join(
        target, target.id == PartyWord.target_id
    )
    open_yet = and_(PartyWord.state == "counted", not_(PartyWord.told.startswith(_OVER)), PartyWord.told != stamp)
    return wanted.where(open_yet).order_by(PartyWord.case_id).limit(hub.settings.word_batch)
