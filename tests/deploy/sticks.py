"""A village without a line, a real hub, and a stick between them."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import select

from deploy.applications import VILLAGE, witnessed
from hub.enrolment import enrol, new_enrolment_key
from hub.gateway.sandbox import SandboxSources
from hub.hub import Hub
from hub.ingest import ingest
from hub.stick import Visit, visit
from hub.tables import Case, InboxEvent
from kiosk.services.payload import application
from offline.carry import Applied, Exported, Fetched, Spool, apply_spool, export, fetch
from offline.keys import signing_key
from offline.pictures import FOLDER as PICTURES
from offline.pictures import PictureFolder
from offline.store import AgentStore, TerminalStore, TerminalView
from offline.sync import Pace, Parcel, drain_once
from offline.sync.trouble import HubSilent
from offline.wire.attachment import SealedAttachment
from offline.wire.batch import BatchReply
from offline.wire.canonical import b64
from offline.wire.carry import FILL_BYTES
from offline.wire.claims import new_code
from offline.wire.enrolment import EnrolmentRequest
from offline.wire.event import terminal_source
from offline.wire.signing import signing_public
from offline.wire.stick import FOLDER, UNFINISHED, Stick
from offline.wire.trouble import StickTrouble
from tests.deploy.applications import invented, keep_witnessed

RESIDENTS = tuple(
    one for one in invented().all if one.roles == ("resident",) and one.layout == "resident" and one.pension is not None
)


@dataclass
class Line:
    """The line to the hub as the sync sees it; it may be cut after the hub has committed."""

    hub: Hub
    terminal_id: str
    cut: bool = False

    def send_events(self, parcel: Parcel, meanwhile: Callable[[], None]) -> BatchReply:
        """Brings a batch."""
        meanwhile()
        reply = ingest(self.hub, self.terminal_id, [event.to_json() for event in parcel.events])
        if self.cut:
            raise HubSilent("cut after the commit")
        return reply


class PulledStick(Stick):
    """A stick that is pulled out while the n-th file from now is written: of that one, half is there."""

    def __init__(self, root: Path, after: int | None) -> None:
        super().__init__(root)
        self._after = after

    def put(self, terminal_id: str, name: str, data: bytes) -> None:
        """Writes a file, while it is in."""
        if self._after is not None:
            if self._after == 0:
                super().put(terminal_id, name, data)
                whole = self._of(terminal_id) / name
                whole.rename(whole.with_name(f"{name}{UNFINISHED}"))
                os.truncate(whole.with_name(f"{name}{UNFINISHED}"), len(data) // 2)
                raise StickTrouble("U 盘中途读写不了了。", "请插好再运行一次。")
            self._after -= 1
        super().put(terminal_id, name, data)


class Village:
    """One terminal: its files, its acts, its stick."""

    def __init__(self, hub: Hub, place: Path) -> None:
        self.hub, self.state_dir = hub, place / "state"
        self.mount = place / "stick"
        self.mount.mkdir(parents=True, exist_ok=True)
        self.private = signing_key(self.state_dir)
        self.agent = AgentStore.open(self.state_dir)
        key = new_enrolment_key(hub.database, hub.settings, hub.clock, VILLAGE, f"村-{secrets.token_hex(2)}")
        request = EnrolmentRequest(
            key=key, name="示例村委会", region=VILLAGE, signing_public=b64(signing_public(self.private))
        )
        self.id = self.agent.enrol(enrol(hub, SandboxSources(hub), request), VILLAGE, datetime.now(UTC)).terminal_id
        self.store = TerminalStore.open(self.state_dir)
        self.view = TerminalView.open(self.state_dir)
        self.line = Line(hub, self.id)
        self.acts: list[str] = []

    @property
    def folder(self) -> Path:
        """Where the stick keeps what is this terminal's."""
        return self.mount / FOLDER / self.id

    def keep(self, count: int = 1) -> list[str]:
        """So many residents apply."""
        for _ in range(count):
            applicant = RESIDENTS[len(self.acts) % len(RESIDENTS)]
            self.acts.append(keep_witnessed(self.store, applicant, invented()["wu-guifang"]).id)
        return self.acts[-count:]

    def keep_pictured(self, sealed: SealedAttachment, *more: SealedAttachment) -> str:
        """Somebody applies with a picture for a later check; the picture lies on the disk before."""
        folder = self.state_dir / PICTURES
        folder.mkdir(exist_ok=True)
        for each in (sealed, *more):
            (folder / each.sha256).write_bytes(each.data)
        wish = witnessed(RESIDENTS[0], invented()["wu-guifang"])
        proof = {"level": "card_later_check", "way": "later", "picture_sha256": sealed.sha256}
        payload = application(wish, region=VILLAGE, subject=self.store.subject_of(RESIDENTS[0].id_number))
        payload |= {"identity": proof | {"picture_key": b64(sealed.key)}}
        event_type = wish.item.event_type
        kept = self.store.keep(
            event_type, payload, claim_code=new_code(), pictures=[each.sha256 for each in (sealed, *more)]
        )
        self.acts.append(kept.id)
        return kept.id

    def export(self, fill_bytes: int = FILL_BYTES, pulled_after: int | None = None) -> Exported:
        """The technician's first step; the stick may be pulled out while it writes a file."""
        folder, now = PictureFolder(self.state_dir), datetime.now(UTC)
        stick = PulledStick(self.mount, pulled_after)
        return export(self.agent, self.view, folder, stick, self.private, now, fill_bytes=fill_bytes)

    def carry(self, mount: Path | None = None, pulled_after: int | None = None) -> Visit:
        """The hub's step."""
        return visit(self.hub, PulledStick(mount or self.mount, pulled_after), "yanshi")

    def fetch(self, mount: Path | None = None) -> Fetched:
        """The technician's last step."""
        return fetch(self.agent, Stick(mount or self.mount), Spool(self.state_dir))

    def apply(self) -> Applied:
        """The agent's turn."""
        return apply_spool(self.agent, self.view, Spool(self.state_dir), datetime.now(UTC))

    def drain(self, *, cut: bool = False) -> bool:
        """One step over the line."""
        self.line.cut = cut
        done = drain_once(self.agent, self.view, self.line, Pace(batch=3), now=datetime.now(UTC), chance=Random(1))
        return done.more

    def parts(self) -> list[Path]:
        """The parts with events on the stick."""
        return sorted(path for path in self.folder.glob("0*.zzc"))

    def copy_stick(self, name: str) -> Path:
        """The stick as it is now, for a replay later."""
        copy = self.mount.parent / name
        shutil.copytree(self.mount, copy)
        return copy

    def at_hub(self) -> list[str]:
        """The ids of this terminal's events in the hub's inbox."""
        wanted = select(InboxEvent.id).where(InboxEvent.source == terminal_source(self.id)).order_by(InboxEvent.seq)
        with self.hub.database.reading() as session:
            return list(session.scalars(wanted))

    def cases(self) -> list[str]:
        """The events of which the hub made a case, each as often as it did."""
        with self.hub.database.reading() as session:
            return list(session.scalars(select(Case.event_id).where(Case.terminal_id == self.id).order_by(Case.id)))

    def states(self) -> dict[str, str]:
        """How the hub's cases stand, by their events."""
        with self.hub.database.reading() as session:
            wanted = select(Case.event_id, Case.state).where(Case.terminal_id == self.id)
            return {str(event_id): str(state) for event_id, state in session.execute(wanted)}

    def restart(self) -> None:
        """The mains are out for a moment."""
        self.close()
        self.agent = AgentStore.open(self.state_dir)
        self.store = TerminalStore.open(self.state_dir)
        self.view = TerminalView.open(self.state_dir)

    def close(self) -> None:
        """Closes the files."""
        for store in (self.view, self.store, self.agent):
            store.close()
