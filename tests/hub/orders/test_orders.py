"""Every party late, wrong, silent and twice, in any order with what resident and clerk do: told truly, ended right.

`ZHIZHU_PARTY_ORDERS` is how many lives are lived; `deploy/nightly.sh` lives many more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from hub.vouchers.readers import sandbox_key
from hub.vouchers.routes import ADDRESS
from hub.vouchers.tables import Voucher, VoucherRead
from hub.web import create_app
from offline.wire.canonical import canonical_json
from offline.wire.protocol import offer
from offline.wire.signing import new_signing_key, sign_request
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING
from tests.hub.orders import truths
from tests.hub.orders.ground import Filed, Ground, World
from tests.hub.orders.outside import CENTRE, Outside, Switch, listening
from tests.hub.orders.parties import CHOICES, all_well, behave
from tests.hub.running import NOON, UNTRACED, HandClock, make_hub

LIVES = int(os.environ.get("ZHIZHU_PARTY_ORDERS") or 2)
IS_FIXED = "ZHIZHU_PARTY_ORDERS" not in os.environ  # the suite lives the same lives each time
STEPS = int(os.environ.get("ZHIZHU_PARTY_STEPS") or 14)
BANK, FACT = "demo-rural-bank", "months"
SUPPLEMENTED, WITHDRAWN = "cn.zhizhu.case.supplemented.v1", "cn.zhizhu.case.withdrawn.v1"
PAUSES_S = (3.0, 40.0, 700.0, 7_300.0, 26 * 3600.0, 3 * 86_400.0)
MOST_ROUNDS = 5
FIRM = "93440981MA9999012H"
ANY = st.integers(0, 1_000)
_WORLD: list[World] = []


@pytest.fixture(autouse=True, scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Two ports and a centre for all lives of this file."""
    clock, switch, outside = HandClock(), Switch(), Outside()
    centre = make_hub(Path(tmp_path_factory.mktemp("centre")), clock)
    outside.apps[CENTRE] = create_app(centre, decide=False)
    with ExitStack() as opened:
        opened.callback(centre.database.close)
        hub_url, outside_url = (opened.enter_context(listening(app)) for app in (switch, outside))
        _WORLD.append(World(switch, outside, hub_url, outside_url, centre, clock))
        yield
        _WORLD.clear()


class PartyOrders(RuleBasedStateMachine):
    """A village's days with the hub."""

    ground: Ground

    @initialize(node=st.booleans())
    def begin(self, node: bool) -> None:
        _WORLD[0].clock.at = NOON
        self.ground = Ground(_WORLD[0], node=node)
        all_well(self.ground)
        self.proofs = 0

    # --- what residents do ---

    @rule(who=st.sampled_from(["lin-yuelan", "he-guoming", "chen-deshui"]), typed=st.booleans(), late=st.booleans())
    def files_a_pension_check(self, who: str, typed: bool, late: bool) -> None:
        parts: dict[str, object] = {"delivery": {"way": "post"}}
        if typed:
            parts["identity"] = BY_TYPING
        if late:
            parts["documents"] = [{"id": "income", "from": "later"}]
        self.ground.file("pension", "pension-qualification", who, {"post": True}, **parts)

    @rule(payee=st.sampled_from(["lin-jianguo", "lin-yuelan", "chen-deshui"]))
    def files_what_costs_something(self, payee: str) -> None:
        person = People.load()[payee]
        subject = {"for": "family", "subject": {"name": person.name, "id_number": person.id_number}}
        acting = {"for": "self"} if payee == "lin-jianguo" else subject
        self.ground.file("medical", "residents-medical-insurance", "lin-jianguo", acting=acting)

    @precondition(lambda self: self.proofs < 1)
    @rule()
    def files_for_a_paper(self) -> None:
        self.proofs += 1
        self.ground.file("proof", "insurance-enrolment-proof", "lin-yuelan")

    @rule()
    def asks_for_the_firm(self) -> None:
        organisation = {"uscc": FIRM, "name": "", "agency": "claimed"}
        acting = {"for": "organisation", "organisation": organisation}
        self.ground.file("firm", "employer-insurance-record", "lin-jianguo", acting=acting)

    @rule()
    def authorises_the_bank(self) -> None:
        form = {"bank": BANK, "purpose": "loan", "days": "30"}
        self.ground.file("voucher", "data-authorisation", "lin-jianguo", form=form)

    @rule()
    def takes_it_back(self) -> None:
        self.ground.file("end", "data-authorisation-end", "lin-jianguo", form={"bank": BANK})

    @rule(n=ANY)
    def has_a_telephone_put_right(self, n: int) -> None:
        form = {"what": "phone", "new_phone": f"138{n:08d}"}
        self.ground.file("correct", "data-correction", "lin-jianguo", form=form)

    @rule(want=st.sampled_from(["yes", "yes", "no"]))
    def agrees_to_messages(self, want: str) -> None:
        form = {"want": want, "phone": "13800000001"} if want == "yes" else {"want": want}
        self.ground.file("sms", "sms-notices", "lin-jianguo", form=form)

    @rule(n=ANY, act=st.sampled_from(["pay", "pay", "decline"]))
    def takes_the_phone(self, n: int, act: str) -> None:
        if (filed := self._one(n, "medical")) is not None:
            self.ground.phone(filed, act)

    @rule(n=ANY)
    def withdraws(self, n: int) -> None:
        if (filed := self._one(n)) is not None:
            self.ground.say({"case": {"event_id": filed.event_id}}, WITHDRAWN)

    @rule(n=ANY)
    def brings_the_paper(self, n: int) -> None:
        if (filed := self._one(n, "pension")) is not None:
            documents = [{"id": "income", "from": "scan"}]
            self.ground.say({"case": {"event_id": filed.event_id}, "documents": documents}, SUPPLEMENTED)

    @precondition(lambda self: self.ground.sent)
    @rule(n=ANY)
    def the_line_breaks_and_all_is_sent_again(self, n: int) -> None:
        events = self.ground.sent[n % len(self.ground.sent) :][-5:]
        assert {one.status.value for one in self.ground.terminal.send(*events).results} <= {"duplicate"}

    # --- what the clerk does ---

    @rule(n=ANY, outcome=st.sampled_from(["approve", "refuse"]))
    def a_clerk_decides(self, n: int, outcome: str) -> None:
        if (filed := self._one(n)) is not None:
            self.ground.clerk(filed, outcome)

    # --- what parties do ---

    @rule(choice=st.sampled_from(CHOICES))
    def misbehaves(self, choice: tuple[str, str]) -> None:
        behave(self.ground, *choice)

    @rule()
    def all_come_to_themselves(self) -> None:
        all_well(self.ground)

    @rule(manner=st.sampled_from(["well", "late", "wrong", "twice"]))
    def the_bank_reads(self, manner: str) -> None:
        ground, hub = self.ground, self.ground.hub
        with hub.database.reading() as session:
            voucher = session.scalars(select(Voucher).order_by(Voucher.issued_at.desc())).first()
            key = sandbox_key(session, hub, BANK)
            before = len(session.scalars(select(VoucherRead.id)).all())
        if voucher is None:
            return
        body = {"voucher": voucher.token, "facts": [FACT], "reference": "L-1"}
        signed_at = ground.clock() - timedelta(hours=1) if manner == "late" else ground.clock()
        raw = canonical_json(body)
        signing = new_signing_key() if manner == "wrong" else key
        headers = sign_request(signing, BANK, "POST", ADDRESS, raw, signed_at, offered=offer())
        replies = [
            ground.ask(f"{ground.world.hub_url}{ADDRESS}", raw, headers) for _ in range(2 if manner == "twice" else 1)
        ]
        first = replies[0].status_code
        if manner in ("late", "wrong"):
            assert first == 401
        if manner == "twice":
            assert replies[1].status_code == 409
        with hub.database.reading() as session:
            words = session.scalars(select(VoucherRead.word).order_by(VoucherRead.id)).all()[before:]
        assert len(words) == (manner in ("well", "twice")), "each try that was its own is written down once"
        ended = voucher.revoked_at is not None or ground.clock() >= voucher.until
        if words:
            assert ended == (words[0] in ("revoked", "expired"))
            assert (first == 200) == (words[0] == "read")
            assert words[0] != "missing", "what is silent is not what is not there"

    # --- time and power ---

    @rule()
    def the_workers_work(self) -> None:
        self.ground.work()

    @rule(pause_s=st.sampled_from(PAUSES_S))
    def time_passes(self, pause_s: float) -> None:
        self.ground.clock.turn(pause_s)
        self.ground.work()

    @rule()
    def the_hub_starts_again(self) -> None:
        self.ground.restart()

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "ground"):
            truths.nothing_lost_and_nothing_twice(self.ground)
            truths.everybody_was_told_the_truth(self.ground)

    def teardown(self) -> None:
        """Everybody comes to themselves, and does what is theirs to do."""
        if not hasattr(self, "ground"):
            return
        try:
            if sys.exc_info()[0] is not None:
                return  # what went wrong has been found, or this life was only begun
            all_well(self.ground)
            for _ in range(MOST_ROUNDS):
                self._some_time()
                left = [self._hers(filed) for filed in self.ground.filed]  # each of them, not the first only
                if not any(left):
                    break
            self.holds()
            truths.all_ended_right(self.ground)
        finally:
            self.ground.close()

    def _some_time(self) -> None:
        for pause_s in (1_900.0, 1_900.0, 4_000.0, 4_000.0):
            self.ground.clock.turn(pause_s)
            self.ground.work()

    def _hers(self, filed: Filed) -> bool:
        """What resident or clerk still have to do; whether there was anything."""
        case = self.ground.case(filed)
        if case.state == "in_review":
            self.ground.clerk(filed, "approve")
        if case.state == "waiting" and case.waits_for == "payment":
            self.ground.phone(filed, "pay")
        if case.state == "waiting" and case.waits_for == "papers":
            documents = [{"id": "income", "from": "scan"}]
            self.ground.say({"case": {"event_id": filed.event_id}, "documents": documents}, SUPPLEMENTED)
        return case.state not in truths.SETTLED

    def _one(self, n: int, kind: str = "") -> Filed | None:
        some = [filed for filed in self.ground.filed if kind in ("", filed.kind)]
        return some[n % len(some)] if some else None


PartyOrders.TestCase.settings = settings(
    max_examples=LIVES, stateful_step_count=STEPS, deadline=None, phases=UNTRACED, derandomize=IS_FIXED
)
TestPartyOrders = PartyOrders.TestCase
