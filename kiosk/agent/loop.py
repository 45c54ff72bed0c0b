"""The agent's one loop: enrol once, then drain, listen and beat until told to stop."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

from kiosk.agent.beat import heartbeat
from kiosk.agent.config import AgentConfig
from kiosk.agent.orders import Orders, Told
from kiosk.agent.schedule import Schedule, Task
from offline.carry import Spool, SpoolTrouble, apply_spool
from offline.gauge import Gauge
from offline.keys import settle_keys, signing_key
from offline.pictures import PictureFolder
from offline.store import AgentStore, Enrolment, TerminalView
from offline.sync import (
    Ahead,
    Brought,
    HubClient,
    Pace,
    agree_with_hub,
    agree_with_outbox,
    bring_pictures,
    drain_once,
    fetch_changes,
    tidy_pictures,
)
from offline.sync.trouble import HubRefused, HubSilent, HubUnproven
from offline.trouble import DiskFault, DiskFull, NotEnrolled, StoreInDoubt, StoreLocked, StoreTrouble
from offline.wire.canonical import b64
from offline.wire.enrolment import EnrolmentRequest
from offline.wire.signing import signing_public
from offline.wire.trouble import WireTrouble
from offline.wire.uptime import Uptime, uptime

log = logging.getLogger(__name__)

_LISTEN_AFTER_SENDING_S: Final = 60.0
"""How long after something reached the hub its answer is asked for often."""
_DISK_WAIT_S: Final = 5.0
_PASSES: Final = (StoreLocked, DiskFull, DiskFault, StoreInDoubt)
"""Troubles of the disk that may pass; whatever was not written down is asked of the hub again."""
_TIDY_S: Final = 3600.0
_PICTURES_S: Final = 10.0
"""How long pictures may keep the rest waiting before heartbeats and other acts have their turn."""
_SPOOL_S: Final = 1.0
"""How often the spool is looked into: a technician stands beside with a stick."""
_SPOOL_AGAIN_S: Final = 60.0
_CREDENTIAL_S: Final = 3600.0
_CREDENTIAL_RETRY_S: Final = 60.0
_PROBE_S: Final = 5.0
"""How often a silent hub is called on, so that the evening's link is noticed at once."""


class EnrolmentRefused(NotEnrolled):
    """The hub does not take this one-off key."""

    def __init__(self, refusal: HubRefused) -> None:
        super().__init__()
        self.sentence = f"中枢不接受这把登记码（{refusal.status}：{refusal.problem.detail or refusal.problem.title}）。"
        self.advice = "登记码只能用一次；请在中枢重新生成：zhizhu hub enrol。"


class Agent:
    """Everything comes through the constructor; `run` ends soon after `stop` is set."""

    def __init__(
        self,
        config: AgentConfig,
        agent: AgentStore,
        terminal: TerminalView,
        hub: HubClient,
        signing_private: bytes,
        *,
        stop: threading.Event,
        clock: Callable[[], datetime],
        chance: Random,
    ) -> None:
        self._config = config
        self._agent = agent
        self._terminal = terminal
        self._hub = hub
        self._signing_private = signing_private
        self._stop = stop
        self._clock = clock
        self._chance = chance
        self._pace = Pace(longest_wait_s=config.longest_wait_s)
        self._listening = Pace(longest_wait_s=config.longest_wait_s)
        self._schedule = Schedule()
        self._orders = Orders()
        self._told = Told()
        self._pictures = PictureFolder(config.state_dir)
        self._spool = Spool(config.state_dir)
        self._gauge = Gauge(config.bounds, terminal, agent, config.state_dir, clock=clock)
        self._seen_version = -1
        self._sent_at: float | None = None
        self._listened_at = -math.inf
        self._ahead: Ahead | None = None
        self._silent = False
        self._introduced = False
        self._expired = False
        self._agreed = False

    @classmethod
    def open(
        cls,
        config: AgentConfig,
        stop: threading.Event,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Random | None = None,
        read_uptime: Callable[[], Uptime] = uptime,
    ) -> Agent:
        """The agent of a terminal; raises AlreadyWriting when there is one already."""
        settle_keys(config.state_dir, config.tpm)
        agent = AgentStore.open(config.state_dir, read_uptime)
        private = signing_key(config.state_dir)
        enrolment = agent.enrolment()
        hub = HubClient.open(
            config.hub_url,
            private,
            terminal_id=enrolment.terminal_id if enrolment else None,
            clock=clock,
            reachable=lambda: not _cut(config.network_file),
            deadline_s=config.deadline_s,
            ca_file=config.ca_file,
            read_uptime=read_uptime,
            hub_key=lambda: None if (known := agent.enrolment()) is None else known.signing_public,
            least_protocol=agent.protocol(),
        )
        return cls(
            config,
            agent,
            TerminalView.open(config.state_dir),
            hub,
            private,
            stop=stop,
            clock=clock,
            chance=chance or Random(),  # noqa: S311  (spreads load, keeps no secret)
        )

    def run(self) -> None:
        """Works until stopped; a locked, full or failing disk is waited out, anything else is raised."""
        if self.enrol() is None:
            return
        while not self._stop.is_set():
            self.turn(monotonic())
            self._stop.wait(self._schedule.next_wait_s(monotonic(), self._config.poll_s))

    def enrol(self) -> Enrolment | None:
        """Becomes one of the hub's terminals, waiting for the network if need be; None when stopped meanwhile."""
        pace = Pace(longest_wait_s=min(30.0, self._config.longest_wait_s))
        while not self._stop.is_set():
            if (enrolment := self._agent.enrolment()) is not None:
                return enrolment
            try:
                return self._spend_key()
            except HubRefused as refusal:
                if not refusal.problem.retryable:
                    raise EnrolmentRefused(refusal) from refusal
                self._tell(refusal)
                pace = pace.failed()
                self._stop.wait(pace.wait_s(self._chance, refusal.retry_after_s))
            except HubSilent as silence:
                self._tell(silence)
                pace = pace.failed()
                self._stop.wait(pace.wait_s(self._chance))
        return None

    def turn(self, now: float) -> None:
        """Does what is due at a monotonic moment."""
        self._notice(now)
        for task in self._schedule.due(now):
            if self._stop.is_set():
                return
            try:
                self._do(task, now)
            except _PASSES as trouble:
                log.warning("%s", trouble.sentence)
                self._schedule = self._schedule.later(task, monotonic() + _DISK_WAIT_S)
        self._judge_clock()

    def close(self) -> None:
        """Closes files and connections."""
        self._hub.close()
        self._terminal.close()
        self._agent.close()

    def _spend_key(self) -> Enrolment:
        config = self._config
        if config.enrolment_key is None:
            raise NotEnrolled
        reply = self._hub.enrol(
            EnrolmentRequest(
                key=config.enrolment_key,
                name=config.name,
                region=config.region,
                signing_public=b64(signing_public(self._signing_private)),
                settings_schema=config.settings_schema,
            )
        )
        enrolment = self._agent.enrol(reply, config.region, self._clock())
        self._hub.terminal_id = enrolment.terminal_id
        log.info("enrolled as %s", enrolment.terminal_id)
        return enrolment

    def _notice(self, now: float) -> None:
        """The outbox file has changed: drain now, unless the hub asked us to wait."""
        try:
            version = self._terminal.data_version()
        except _PASSES:
            return  # looked at again at the next turn
        if version != self._seen_version:
            self._seen_version = version
            if self._pace.failures == 0:
                self._schedule = self._schedule.later(Task.DRAIN, self._orders.earliest(Task.DRAIN, now))

    def _do(self, task: Task, now: float) -> None:
        match task:
            case Task.DRAIN:
                wait_s = self._drain()
            case Task.CHANGES:
                wait_s = self._listen(now)
            case Task.HEARTBEAT:
                wait_s = self._beat()
            case Task.CREDENTIAL:
                wait_s = self._renew()
            case Task.TIDY:
                wait_s = self._tidy()
            case Task.SPOOL:
                wait_s = self._take_from_spool()
        self._schedule = self._schedule.later(task, monotonic() + wait_s)

    def _drain(self) -> float:
        if not self._agreed:  # once a start: files are only exchanged under a machine that stands still
            agree_with_outbox(self._agent, self._terminal, self._clock())
            self._agreed = True
        self._introduce()
        brought = self._bring_pictures()
        if brought.trouble is not None:
            self._tell(brought.trouble)
        result = drain_once(
            self._agent,
            self._terminal,
            self._hub,
            self._pace,
            now=self._clock(),
            chance=self._chance,
            held=brought.held,
            ahead=self._ahead,
        )
        self._pace, self._ahead = result.pace, result.ahead
        if result.trouble is not None:
            self._tell(result.trouble)
            self._obey(Task.DRAIN, result.trouble, result.wait_s)
        elif result.more:
            self._heard()
        if result.sent:
            self._sent_at = monotonic()
            self._schedule = self._schedule.later(Task.TIDY, self._sent_at)
            # The answers to many batches are asked for together: no answer is made as quickly as the next one goes.
            asked_again_at = max(self._sent_at, self._listened_at + self._config.changes_soon_s)
            self._schedule = self._schedule.later(Task.CHANGES, asked_again_at)
        if result.parked:
            log.warning("the hub laid %d events aside; see `zhizhu outbox list`", result.parked)
        if brought.more and result.trouble is None:
            return 0.0  # a long upload goes on, after whatever else is due
        return result.wait_s if result.more else self._config.changes_s

    def _introduce(self) -> None:
        """The hub first learns when this machine was started: it places by it what was made in doubt of the time.

        A first try that a wrong clock has signed is refused and brings the hub's time; the second is signed by that.
        """
        for _ in range(2):
            if self._introduced:
                return
            signed_by = self._hub.skew_s
            self._schedule = self._schedule.later(Task.HEARTBEAT, monotonic() + self._beat())
            if self._hub.skew_s == signed_by:
                return

    def _bring_pictures(self) -> Brought:
        end = monotonic() + _PICTURES_S
        return bring_pictures(
            self._agent,
            self._terminal,
            self._hub,
            self._pictures,
            now=self._clock(),
            patience=timedelta(hours=self._config.picture_hold_hours),
            enough=lambda: self._stop.is_set() or monotonic() > end,
        )

    def _tidy(self) -> float:
        age = timedelta(hours=self._config.picture_orphan_hours)
        tidy_pictures(self._agent, self._terminal, self._pictures, self._clock(), age)
        return _TIDY_S

    def _take_from_spool(self) -> float:
        try:
            applied = apply_spool(self._agent, self._terminal, self._spool, self._clock())
        except SpoolTrouble as trouble:
            log.warning("%s", trouble.sentence)
            return _SPOOL_AGAIN_S
        if applied.acks or applied.changes:
            log.info("a stick brought %d acknowledgements and %d changes", applied.acks, applied.changes)
            self._schedule = self._schedule.later(Task.TIDY, monotonic())
        return _SPOOL_S

    def _listen(self, now: float) -> float:
        self._listened_at = now
        try:
            more = fetch_changes(self._agent, self._hub, self._clock()).more
        except (HubSilent, HubRefused) as trouble:
            self._tell(trouble)
            self._listening = self._listening.failed()
            ordered = trouble.retry_after_s if isinstance(trouble, HubRefused) else None
            wait_s = self._listening.wait_s(self._chance, ordered)
            self._obey(Task.CHANGES, trouble, wait_s)
            return wait_s
        self._heard()
        self._listening = self._listening.succeeded()
        if more:
            return 0.0
        soon = self._sent_at is not None and now - self._sent_at < _LISTEN_AFTER_SENDING_S
        return self._config.changes_soon_s if soon else self._config.changes_s * self._chance.uniform(0.9, 1.1)

    def _beat(self) -> float:
        try:
            said = heartbeat(self._agent, self._terminal, self._gauge, self._config.state_dir, self._clock())
            hub_head = self._hub.beat(said)
        except (HubSilent, HubRefused) as trouble:
            self._tell(trouble)
            if isinstance(trouble, HubRefused):
                return max(trouble.retry_after_s or 0.0, self._config.heartbeat_s)
            return min(self._config.heartbeat_s, _PROBE_S * self._chance.uniform(0.5, 1.0))
        self._heard()
        self._introduced = True
        if agree_with_hub(self._agent, self._terminal, hub_head, self._clock()):
            for task in (Task.DRAIN, Task.CHANGES):
                self._schedule = self._schedule.later(task, self._orders.earliest(task, monotonic()))
        return self._config.heartbeat_s

    def _renew(self) -> float:
        """Keeps the credential young; says the code a person must pass on where the hub wants one."""
        now = datetime.fromtimestamp(self._clock().timestamp() + self._hub.skew_s, UTC)
        held = self._agent.credential()
        if held is not None and not held.due(now) and not self._expired:
            return _CREDENTIAL_S
        try:
            reply = self._hub.renew_credential()
            if reply.credential is not None:
                self._agent.keep_credential(reply.credential, signing_public(self._signing_private), now)
                self._expired = False
        except HubRefused as refusal:
            if refusal.status == 404:
                return _CREDENTIAL_S  # a hub that gives none
            self._tell(refusal)
            return max(refusal.retry_after_s or 0.0, _CREDENTIAL_RETRY_S)
        except HubSilent as silence:
            self._tell(silence)
            return _CREDENTIAL_RETRY_S
        except WireTrouble as wrong:
            log.warning("%s", wrong.sentence)
            return _CREDENTIAL_S
        self._heard()
        if reply.credential is None and reply.user_code is not None:
            return self._wait_for_a_person(reply.user_code, reply.interval_s)
        return _CREDENTIAL_S

    def _wait_for_a_person(self, code: str, interval_s: float) -> float:
        if self._agent.reenrol_code() != code:
            log.warning("离线太久，中枢要人确认这台终端：请把 %s 告诉运维员，在控制台这台终端的页面输入。", code)
            self._agent.note_reenrol_code(code)
        self._silent = True  # what is kept goes out as soon as somebody has agreed
        return interval_s

    def _judge_clock(self) -> None:
        try:
            verdict = self._agent.judge_clock(self._hub.heard, self._clock())
        except (StoreTrouble, StoreInDoubt) as trouble:
            log.warning("%s", trouble.sentence)
            return
        self._hub.check_dates(verdict == "trusted")

    def _tell(self, trouble: HubSilent | HubRefused) -> None:
        """Says a silence once, and a refusal once an hour while it lasts, for someone must look at it."""
        if isinstance(trouble, HubRefused):
            self._notice_expiry(trouble)
            self._notice_shut_out(trouble)
            if self._told.news(trouble.sentence, monotonic()):
                log.warning("%s", trouble.sentence)
                self._told = Told(trouble.sentence, monotonic())
        elif isinstance(trouble, HubUnproven) and not self._silent:
            log.warning("%s%s", trouble.sentence, trouble.advice)
        elif not self._silent:
            log.info("%s", trouble.sentence)
        self._silent = True

    def _notice_expiry(self, refusal: HubRefused) -> None:
        """The hub says that the credential is over: ask for another before anything else."""
        if refusal.says("credential_expired") and not self._expired:
            self._expired = True
            self._schedule = self._schedule.later(Task.CREDENTIAL, monotonic())

    def _notice_shut_out(self, refusal: HubRefused) -> None:
        """Residents are told before they begin; a reply that nobody signed stops no terminal."""
        if refusal.says("terminal_revoked") and self._hub.least_protocol >= 2:
            self._agent.note_shut_out(True, self._clock())

    def _heard(self) -> None:
        """The line works: what waited for it in vain need not wait longer."""
        self._agent.note_shut_out(False, self._clock())
        self._agent.note_protocol(self._hub.least_protocol)
        if self._silent:
            log.info("the hub answers again")
            self._silent = False
            soon = monotonic()
            self._pace, self._listening = Pace(longest_wait_s=self._config.longest_wait_s), self._listening.succeeded()
            for task in (Task.DRAIN, Task.CHANGES):
                at = self._orders.earliest(task, min(self._schedule.at(task), soon))
                self._schedule = self._schedule.later(task, at)

    def _obey(self, task: Task, trouble: HubSilent | HubRefused, wait_s: float) -> None:
        """Keeps the order of a busy hub to wait, so that its answer to something else does not end it."""
        if isinstance(trouble, HubRefused) and trouble.busy and trouble.retry_after_s is not None:
            self._orders = self._orders.wait(task, monotonic() + wait_s)


def _cut(network_file: Path | None) -> bool:
    """The demo's network switch: the named file stands for a pulled cable."""
    return network_file is not None and network_file.exists()
