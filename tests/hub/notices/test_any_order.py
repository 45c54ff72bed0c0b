"""A notice in any order of cards, messages, calls and failures: said once by each, in the end heard or called."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from hub.moments import SHANGHAI
from hub.notices.course import Answer
from hub.notices.desk_routes import ANSWERS
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import MANNERS, SandboxSms
from hub.notices.tables import Notice, NoticeStep
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import Case
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, act, apply, decide
from tests.hub.notices.hands import agree, behave, texts
from tests.hub.offices import COUNTY, PROVINCE
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import UNTRACED, FakeTerminal, HandClock, make_hub, serving

PEOPLE: Final = ("lin-yuelan", "chen-deshui")
MOST_CASES: Final = 4
EXAMPLES: Final = int(os.environ.get("ZHIZHU_NOTICES", "2"))
HOUR_S: Final = 3600
KNOWN = People.load()
someone = st.sampled_from(PEOPLE)


class Notices(RuleBasedStateMachine):
    """A hub, two terminals, a clerk, an operator who spoils the gateway, and two workers."""

    @initialize()
    def opens(self) -> None:
        self.clock, self.stack = HandClock(), ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.hub = make_hub(folder / "hub", self.clock, HubSettings(session_hours=10_000))
        for name, role, region in (("jia", "clerk", COUNTY), ("op", "operator", PROVINCE)):
            add_staff(self.hub.database, self.clock, name, role, region, PASSWORD)
        url = self.stack.enter_context(serving(self.hub, decide=False))
        self.terminals = [FakeTerminal.enrolled(self.hub, url, self.clock) for _ in range(2)]
        self.clerk, self.operator = (self.stack.enter_context(signed_in(url, name)) for name in ("jia", "op"))
        self.workers = [NoticeWorker(self.hub, SandboxSms(self.hub)) for _ in range(2)]
        self.consenting: set[str] = set()
        self.filed, self.seen_texts = 0, 0
        self.told: dict[int, object] = {}
        self.owner: dict[str, str] = {}

    @rule(slug=someone)
    def files_and_is_decided(self, slug: str) -> None:
        if self.filed < MOST_CASES:
            self.filed += 1
            apply(self.terminals[0], KNOWN[slug])
            decide(self.hub)
            self._own(slug)

    @rule(slug=someone)
    def is_asked_for_a_paper(self, slug: str) -> None:
        if self.filed < MOST_CASES:
            self.filed += 1
            apply(self.terminals[1], KNOWN[slug], identity=BY_TYPING)
            decide(self.hub)
            with self.hub.database.reading() as session:
                number = session.scalars(select(Case.number).order_by(Case.id.desc())).first()
            assert act(self.clerk, str(number), "ask_papers", "收入证明", "缺一份").is_success
            self._own(slug)

    @rule(slug=someone, yes=st.booleans())
    def says_whether_to_be_written_to(self, slug: str, yes: bool) -> None:
        agree(self.hub, self.terminals[0], KNOWN[slug], "yes" if yes else "no")
        (self.consenting.add if yes else self.consenting.discard)(slug)

    @rule(manner=st.sampled_from(MANNERS))
    def the_gateway_behaves(self, manner: str) -> None:
        behave(self.operator, manner)

    @rule(hours=st.sampled_from((0.02, 1, 5, 11, 26, 90)))
    def time_passes(self, hours: float) -> None:
        self.clock.turn(hours * HOUR_S)

    @rule(which=st.integers(0, 1))
    def a_worker_works(self, which: int) -> None:
        self.workers[which].run_once()
        for text in texts(self.hub)[self.seen_texts :]:
            self.seen_texts += 1
            slug, at = self._slug_of(text.key), text.taken_at.astimezone(SHANGHAI)
            assert slug in self.consenting
            assert 8 <= at.hour < 21
            assert len(text.words) <= 70

    @rule(slug=someone, which=st.integers(0, 1))
    def lays_the_card(self, slug: str, which: int) -> None:
        assert self.terminals[which].lookup(KNOWN[slug].id_number).status_code == 200
        assert all(one.told_at is not None for one in self._notices() if self._slug_of(f"notice-{one.id}") == slug)

    @rule(answer=st.sampled_from(ANSWERS))
    def the_clerk_rings(self, answer: Answer) -> None:
        page = self.clerk.get("/desk/calls")
        first = re.search(r'action="/desk/calls/([0-9]+)"', page.text)
        if first is not None:
            form = {"answer": answer, "csrf": csrf_of(page)}
            assert self.clerk.post(f"/desk/calls/{first.group(1)}", data=form).is_success
            if answer == "wrong_number":
                self.consenting.discard(self._slug_of(f"notice-{first.group(1)}"))

    @invariant()
    def each_channel_has_said_it_once_and_what_was_heard_stays_heard(self) -> None:
        for one in self._notices():
            assert self.told.setdefault(one.id, one.told_at) in (None, one.told_at)
            self.told[one.id] = one.told_at
        with self.hub.database.reading() as session:
            steps = [(one.notice_id, one.channel, one.word) for one in session.scalars(select(NoticeStep))]
        once = [one for one in steps if one[2] not in ("no_answer", "wrong_number")]
        assert len(set(once)) == len(once), steps
        heard = [notice for notice, channel, word in steps if word in ("heard", "reached")]
        assert len(set(heard)) == len(heard), "heard at a card or by a call, not by both"

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        with self.stack:
            behave(self.operator, "well")
            for _ in range(14):
                self.clock.turn(21 * HOUR_S)
                self.workers[0].run_once()
            listed = self.clerk.get("/desk/calls").text
            with self.hub.database.reading() as session:
                waiting = select(Case.number).join(Notice, Notice.case_id == Case.id).where(Notice.told_at.is_(None))
                for number in session.scalars(waiting):
                    assert number in listed, "neither heard nor to be called"
            self.each_channel_has_said_it_once_and_what_was_heard_stays_heard()

    def _notices(self) -> list[Notice]:
        with self.hub.database.reading() as session:
            return list(session.scalars(select(Notice).order_by(Notice.id)))

    def _own(self, slug: str) -> None:
        with self.hub.database.reading() as session:
            case = session.scalars(select(Case).order_by(Case.id.desc())).first()
        assert case is not None
        self.owner[case.subject] = slug

    def _slug_of(self, key: str) -> str:
        with self.hub.database.reading() as session:
            notice = session.get_one(Notice, int(key.partition("-")[2]))
            return self.owner[session.get_one(Case, notice.case_id).subject]


TestNotices = Notices.TestCase
TestNotices.settings = settings(max_examples=EXAMPLES, stateful_step_count=14, deadline=None, phases=UNTRACED)
