"""Who may read what and what for: asked for by the catalogue, decided by the data officer, with a trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.gateway.tables import DataMount, DataSharing, DataStep
from hub.hub import Hub
from hub.trouble import HubTrouble
from seeds.data_sources import DataField, DataSource
from seeds.item import Item

Act = Literal["approve", "refuse", "withdraw"]
STATES: Final[dict[Act, str]] = {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"}
FROM: Final[dict[Act, tuple[str, ...]]] = {
    "approve": ("asked", "refused", "withdrawn"),
    "refuse": ("asked",),
    "withdraw": ("approved",),
}
DUES: Final = "dues"
DUE_PLACES: Final = ("alive", "pension.scheme", "pension.last_qualified")
"""What it takes to know who is due: whether they live, whether they have a pension, and when they came last."""
DUE_REGION: Final = "region"
HELPERS: Final = "helpers"
PREFILLED: Final = {
    "phone": "phone",
    "address": "address",
    "household": "household_members",
    "certificates": "certificates",
    "agencies": "agencies",
}
"""What a form asks the hub for, and where it stands in the catalogue of data."""
_PERSONS: Final = ("person", "subject", "organisation")


class SharingTrouble(HubTrouble):
    """The officer's act does not fit how the request stands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field that somebody wants to read for a purpose."""

    purpose: str
    source: DataSource
    field: DataField


def item_paths(item: Item) -> frozenset[str]:
    """The places that an item's rule and form want to read, below a person."""
    facts = (fact.path.partition(".") for fact in item.decision.facts)
    ruled = {path for root, _, path in facts if root in _PERSONS}
    return frozenset(ruled | {PREFILLED[name] for name in item.asks_hub if name in PREFILLED})


def voucher_purpose(scope_id: str) -> str:
    """The purpose under which a party reads by vouchers of a scope."""
    return f"voucher:{scope_id}"


def wanted(hub: Hub) -> Iterator[Wanted]:
    """Everything that the catalogue wants to read and that an officer has to approve."""
    purposes = {item.id: item_paths(item) for item in hub.catalogue.items}
    for scope in hub.vouchers.scopes:
        places = frozenset(fact.source.partition(".")[2] for fact in scope.facts)
        purposes[voucher_purpose(scope.id)] = places
    purposes[DUES] = frozenset((*DUE_PLACES, DUE_REGION))
    for purpose, paths in purposes.items():
        for path in sorted(paths):
            found = hub.sources.at(path)
            if found is not None and found[1].share == "asked":
                yield Wanted(purpose, *found)


def load_sharing(hub: Hub) -> int:
    """Files the requests that are not there yet; what stands approved beforehand is approved, the rest waits."""
    standing, now = hub.sources.standing, hub.clock()
    with hub.database.writing() as session:
        known = {(one.purpose, one.source, one.field) for one in session.scalars(select(DataSharing))}
        fresh = [one for one in wanted(hub) if (one.purpose, one.source.id, one.field.name) not in known]
        rows, steps = [], dict[tuple[str, str], list[str]]()
        for one in fresh:
            covered = standing.covers(one.source.id, one.field.name)
            if covered:
                steps.setdefault((one.purpose, one.source.id), []).append(one.field.name)
            rows.append(
                {
                    "purpose": one.purpose,
                    "source": one.source.id,
                    "field": one.field.name,
                    "state": "approved" if covered else "asked",
                    "asked_at": now,
                    "decided_at": now if covered else None,
                    "staff": standing.officer if covered else None,
                }
            )
        if rows:  # another replica may be filing them at this moment
            insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
            session.execute(insert(DataSharing).on_conflict_do_nothing(), rows)
        for (purpose, source), fields in steps.items():
            _note(session, hub, "approve", source, purpose, fields, standing.officer, standing.reason)
    return len(rows)


def approved_fields(session: Session, purpose: str) -> frozenset[tuple[str, str]]:
    """The (source, field) pairs that an officer has approved for a purpose."""
    found = select(DataSharing.source, DataSharing.field)
    found = found.where(DataSharing.purpose == purpose, DataSharing.state == "approved")
    return frozenset((source, field) for source, field in session.execute(found))


def decide_sharing(
    hub: Hub, staff: str, act: Act, purpose: str, source: str, fields: Sequence[str], reason: str
) -> None:
    """The officer's word on some fields of a source for a purpose; raises SharingTrouble."""
    if not reason.strip():
        raise SharingTrouble("没有写理由。The reason is missing.", "请写明为什么。Say why.")
    now = hub.clock()
    with hub.database.writing() as session:
        rows = session.scalars(
            select(DataSharing)
            .where(DataSharing.purpose == purpose, DataSharing.source == source, DataSharing.field.in_(fields))
            .with_for_update()
        ).all()
        if not rows or len(rows) < len(set(fields)) or any(row.state not in FROM[act] for row in rows):
            raise SharingTrouble(
                "这些项现在不能这样批。These fields cannot be decided so now.",
                "请刷新页面再看。Look at the page again.",
            )
        for row in rows:
            row.state, row.decided_at, row.staff = STATES[act], now, staff
        _note(session, hub, act, source, purpose, list(fields), staff, reason)


def mount(hub: Hub, staff: str, source: str, *, mounted: bool, reason: str) -> None:
    """Connects a source, or takes it off; raises SharingTrouble."""
    if not reason.strip():
        raise SharingTrouble("没有写理由。The reason is missing.", "请写明为什么。Say why.")
    with hub.database.writing() as session:
        session.merge(DataMount(source=source, mounted=mounted, staff=staff, at=hub.clock()))
        _note(session, hub, "mount" if mounted else "unmount", source, "", [], staff, reason)


def mounted_sources(session: Session, hub: Hub) -> frozenset[str]:
    """The sources that are connected now."""
    said = {row.source: row.mounted for row in session.scalars(select(DataMount))}
    return frozenset(one.id for one in hub.sources.all if said.get(one.id, one.mounted))


def _note(
    session: Session, hub: Hub, act: str, source: str, purpose: str, fields: list[str], staff: str, reason: str
) -> None:
    step = DataStep(act=act, source=source, purpose=purpose, fields=fields, staff=staff, reason=reason.strip()[:200])
    step.at = hub.clock()
    session.add(step)
