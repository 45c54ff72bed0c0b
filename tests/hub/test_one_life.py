"""The store contract of the rooms: the same days, over real HTTP, leave the same rows on SQLite and on PostgreSQL.

A case of every pilot kind, and what clerks, channels, couriers and sources did with them, on each database; then every
table is compared row by row. What is drawn by lot (ids, keys, ciphertext, codes) and the clock are left aside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Table, select

from hub.certificates.seals import hand_over
from hub.delivery.sandbox import SandboxCourier
from hub.delivery.sending import DeliveryWorker
from hub.gateway.reading import Gateway
from hub.gateway.sandbox import SandboxSources
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import SandboxSms
from hub.schema import metadata
from hub.settings import HubSettings
from hub.staff import add_staff
from seeds.catalogue import Catalogue
from seeds.people import People
from tests.hub.casework.bench import DAY_S
from tests.hub.pages.filled import FACE, STAFF, Days
from tests.hub.pictured import PASSWORD
from tests.hub.running import FakeTerminal, HandClock, hub_over, serving
from tests.hub.sealed import VILLAGE_SEAL, claim, with_seals
from tests.hub.stores import POSTGRESQL, SQLITE, StoreYard
from tests.hub.test_prefill import AID, BOOKED, told
from tests.hub.test_vouchers import ask

PROOF: Final = "insurance-enrolment-proof"
# Random by intent: a server's keys, passwords' salts, sessions; and which cases its own secret draws for a re-check.
LOTS: Final = frozenset(("staff", "staff_session", "seen_request", "enrolment_key", "case_recheck"))
# Rooms that the days have to have gone through: an empty table would compare as well as a full one.
LIVED_IN: Final = frozenset(
    (
        *("case_file", "case_step", "case_need", "decision", "delivery", "sandbox_parcel", "booking", "inbox"),
        *("data_read", "data_change", "data_sharing", "notice", "notice_step", "notice_contact", "sandbox_text"),
        *("payment_order", "payment_ticket", "sandbox_bill", "rating", "rating_ticket", "change"),
        *("certificate", "certificate_job", "seal", "seal_use", "voucher", "voucher_read", "case_pause", "chain"),
    )
)
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_BY_LOT: Final = re.compile(
    rf"{_UUID}|1\.2\.156\.[0-9A-Z.]+|[0-9a-fA-F]{{16,}}|(?=[\w+/=-]*[A-Z])(?=[\w+/=-]*[a-z0-9])[\w+/=-]{{20,}}"
    r"|(?<![0-9-])[0-9]{10}(?![0-9])|\bt-[0-9a-f]{12}|(?<=-)[0-9a-f]{8}(?![0-9a-z])",
    re.ASCII,
)
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)?")


def lived(hub: Hub, url: str, clock: HandClock, people: People) -> None:
    """The busy days of the pages' hub, then what those leave out: a booking, a posted paper, a change, quiet days."""
    days = Days(hub, url, clock, people)
    voucher = days.happen()["voucher"]
    assert ask(hub, url, voucher, ["months"]).status_code == 200
    terminal = FakeTerminal.enrolled(hub, url, clock)
    slot = told(terminal, people["lin-jianguo"], AID).options["slots"][0].value
    claim(hub, terminal, people["lin-jianguo"], (AID, BOOKED), identity=FACE, form={"matter": "land", "slot": slot})
    home = {"from": "register", "text": "云潭镇示例村一组1号"}
    posted = {"way": "post", "address": home, "phone": "13800000001"}
    proof = (PROOF, hub.catalogue.item(PROOF).event_type)
    claim(hub, terminal, people["lin-yuelan"], proof, identity=FACE, delivery=posted)
    right = ("data-correction", hub.catalogue.item("data-correction").event_type)
    claim(
        hub, terminal, people["lin-jianguo"], right, identity=FACE, form={"what": "phone", "new_phone": "13800000009"}
    )
    sources = SourceWorker(hub, Gateway(hub, SandboxSources(hub)))
    parcels = DeliveryWorker(hub, SandboxCourier(hub.database, clock, hub.settings))
    texts = NoticeWorker(hub, SandboxSms(hub))
    for _ in range(6):
        clock.turn(DAY_S / 2)
        for worker in (sources, parcels, texts):
            worker.turn()
    terminal.lookup(people["chen-deshui"].id_number)


def posting(hub: Hub) -> Hub:
    """The hub with one proof that may be posted, too."""
    ways = {"delivery": ("print", "post", "collect")}
    items = (one.model_copy(update=ways) if one.id == PROOF else one for one in hub.catalogue.items)
    return replace(hub, catalogue=Catalogue(tuple(items)))


def rows_of(hub: Hub, table: Table) -> list[str]:
    """A table's rows as they can be compared, in an order of their own."""
    columns = [one for one in table.columns if not _is_id(table, one.name)]
    if not columns:
        return []
    with hub.database.reading() as session:
        rows = session.execute(select(*columns)).all()
    names = [one.name for one in columns]
    return sorted(str(dict(zip(names, map(plain, row), strict=True))) for row in rows)


def _is_id(table: Table, name: str) -> bool:
    column = table.columns[name]
    return column.type.python_type is int and (name == "id" or name.endswith("_id") or name in ("seq", "of_seq"))


def plain(value: object) -> object:
    """A value without what is drawn by lot, and without the clock."""
    match value:
        case bytes():
            return b""
        case datetime():
            return "moment"
        case date():
            return value.isoformat()
        case str():
            return _BY_LOT.sub("*", _MOMENT.sub("moment", value))
        case Mapping():
            return {plain(name): plain(one) for name, one in sorted(value.items())}
        case Sequence():
            return [plain(one) for one in value]
    return value


def test_the_same_days_leave_the_same_rows_on_both_databases(stores: StoreYard, tmp_path: Path, people: People) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    for kind in (SQLITE, POSTGRESQL):
        clock, store = HandClock(), stores.make(kind, tmp_path / kind)
        hub = with_seals(posting(hub_over(store, clock, HubSettings(claim_tries_per_minute=1000))))
        for name, role, region in STAFF.values():
            add_staff(hub.database, clock, name, role, region, PASSWORD)
        hand_over(hub, VILLAGE_SEAL, STAFF["custodian"][0])
        with serving(hub, decide=False) as url:
            lived(hub, url, clock, people)
            tables = [one for one in metadata().sorted_tables if one.name not in LOTS]
            found[kind] = {one.name: rows_of(hub, one) for one in tables}
        for close in store.opened:
            close()
    assert {name for name in LIVED_IN if not found[SQLITE].get(name)} == set(), "nothing happened in these rooms"
    differing = {name: _first_apart(rows, found[POSTGRESQL][name]) for name, rows in found[SQLITE].items()}
    assert {name: apart for name, apart in differing.items() if apart} == {}


def _first_apart(here: list[str], there: list[str]) -> tuple[str, ...]:
    """What stands in one of them only, a few lines of it."""
    only = (set(here) - set(there), set(there) - set(here))
    count = () if len(here) == len(there) else (f"{len(here)} and {len(there)} rows",)
    return (*count, *(line for lines in only for line in sorted(lines)[:2]))
