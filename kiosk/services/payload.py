"""The payload of an application as terminal and hub agreed on it; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk.journey import delivery
from kiosk.journey.delivery import ADDRESS, HALL, HOUSE, PHONE, TO, VILLAGE
from kiosk.journey.effects import KeepEvent, KeepReview, KeepSupplement, KeepWithdrawal
from kiosk.journey.filing import Acting, Filed, FiledPaper, Given, PaperFrom, Value
from kiosk.journey.item import ItemCard
from kiosk.journey.people import Proof, Way
from kiosk.journey.theme import wanted_parts


def application(
    effect: KeepEvent,
    *,
    region: str,
    subject: str,
    key_of: Callable[[str], str] = lambda _: "",
    real_name: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """What is sealed to the hub for one application; the store completes `claim` with code and salt."""
    person = effect.applicant
    return {
        "item": effect.item.id,
        "item_version": effect.item.version,
        "applicant": {
            "name": person.name,
            "id_number": person.number,
            "birth": person.birth,
            "layout": person.layout,
        },
        "acting": _acting(effect.filed.acting),
        "identity": _identity(effect.proof, key_of) | ({} if real_name is None else {"session": dict(real_name)}),
        "consent": [{"id": each.id, "version": each.version, "at": each.at} for each in effect.consents],
        "claim": {"subject": subject},
        "journey": {"started": effect.started, "finished": effect.finished, "touches": effect.touches},
        "terminal_region": region,
        **_parts(effect.item),
        **_filled(effect.filed, key_of),
    }


def _parts(item: ItemCard) -> dict[str, object]:
    """Of a theme the items that are applied for: what was left out nobody is to open a case for."""
    wanted = [each.id for each in wanted_parts(item)]
    return {"parts": wanted} if wanted else {}


def _acting(acting: Acting) -> dict[str, object]:
    """Whose business it is; both people are named where they are not the same."""
    said: dict[str, object] = {"for": acting.whose.value}
    if acting.kin is not None:
        said["subject"] = {"name": acting.kin.name, "id_number": acting.kin.number}
    if acting.organisation is not None:
        organisation = acting.organisation
        said["organisation"] = {"uscc": organisation.uscc, "name": organisation.name, "agency": agency_of(acting)}
    return said


def agency_of(acting: Acting) -> str:
    """Who says that the resident may act for the organisation: the hub told it, or only she claims it."""
    if acting.organisation is None:
        return ""
    return "told" if acting.organisation.told else "claimed"


def supplement(effect: KeepSupplement, key_of: Callable[[str], str]) -> dict[str, object]:
    """What is sealed to the hub for a paper that a case waits for; the case is named by what is known of it here."""
    return {
        "case": _case_of(effect),
        "documents": [{"id": effect.document, "from": PaperFrom.SCAN.value}],
        "attachments": [_given(effect.given, key_of)],
    }


def review(effect: KeepReview) -> dict[str, object]:
    """What is sealed to the hub where a person is asked to look again."""
    return {"case": _case_of(effect), "reason": effect.why}


def withdrawal(effect: KeepWithdrawal) -> dict[str, object]:
    """What is sealed to the hub where a case, or the place that it booked, is taken back."""
    return {"case": _case_of(effect)}


def _case_of(effect: KeepSupplement | KeepWithdrawal | KeepReview) -> dict[str, str]:
    named = (("event_id", effect.event_id), ("code", effect.claim_code))
    case = {name: value for name, value in named if value}
    return case or {"number": effect.case_no, "id_number": effect.number}


def names_in(effect: KeepEvent | KeepSupplement) -> tuple[str, ...]:
    """The sealed attachments that an event names, each resting on the disk already."""
    if isinstance(effect, KeepSupplement):
        return (effect.given.sha256,)
    later = (effect.proof.picture_sha256,) if effect.proof.way is Way.LATER else ()
    return (*later, *(each.sha256 for each in effect.filed.given))


def _given(given: Given, key_of: Callable[[str], str]) -> dict[str, object]:
    said = (("pages", given.pages), ("seconds", given.seconds))
    return {
        "kind": given.kind.value,
        "id": given.name,
        "sha256": given.sha256,
        "key": key_of(given.sha256),
        **{name: value for name, value in said if value},
    }


def _filled(filed: Filed, key_of: Callable[[str], str]) -> dict[str, object]:
    """The parts that only some items have; the others' payloads stay as they always were."""
    parts: dict[str, object] = {}
    if filed.form:
        parts["form"] = dict(filed.form)
    if filed.papers:
        parts["documents"] = [_paper(paper) for paper in filed.papers]
    if filed.given:
        parts["attachments"] = [_given(each, key_of) for each in filed.given]
    if filed.signature:
        parts["signature"] = {"way": filed.signature}
    if filed.delivery:
        parts["delivery"] = {"way": filed.delivery, **_where(dict(filed.to))}
    return parts


def _where(to: Mapping[str, Value]) -> dict[str, object]:
    """Where the result goes; a house that was picked goes as its village and number, and the hub makes the address."""
    if hall := to.get(HALL):
        return {"hall": hall}
    phone: dict[str, object] = {"phone": to[PHONE]} if PHONE in to else {}
    match to.get(TO):
        case delivery.HOME:
            return {"address": {"from": "register", "text": to.get(ADDRESS, "")}, **phone}
        case delivery.OTHER:
            house: dict[str, object] = {"house": to[HOUSE]} if HOUSE in to else {}
            return {"address": {"from": "picked", "region": to.get(VILLAGE, ""), **house}, **phone}
        case _:
            return phone


def _paper(paper: FiledPaper) -> dict[str, object]:
    """A paper and where it comes from; what was promised is sent as it was said."""
    said = (("certificate", paper.certificate), ("by", paper.bring_by))
    return {"id": paper.id, "from": paper.where.value, **{name: value for name, value in said if value}}


def _identity(proof: Proof, key_of: Callable[[str], str]) -> dict[str, object]:
    identity: dict[str, object] = {"level": proof.level.value, "way": proof.way.value}
    match proof.way:
        case Way.CARD:
            pass  # the card is all there is
        case Way.FACE:
            identity |= {"score": proof.score, "model": proof.model}
        case Way.WITNESS:
            assert proof.witness is not None
            identity["witness"] = {"name": proof.witness.name, "id_number": proof.witness.number}
        case Way.LATER:
            identity |= {"picture_sha256": proof.picture_sha256, "picture_key": key_of(proof.picture_sha256)}
    return identity
