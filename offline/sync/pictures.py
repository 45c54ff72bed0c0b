"""Pictures go before the acts that name them, and leave the disk when the hub holds both."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from offline.agent_store import AgentStore, PictureState
from offline.pictures import PictureFolder
from offline.sync.trouble import HubRefused, HubSilent
from offline.terminal_store import Pictured, TerminalView
from offline.wire.batch import EventStatus
from offline.wire.blobs import PIECE_BYTES, BlobState

log = logging.getLogger(__name__)

TRIES_LEAST: Final = 10
"""A line that is cut twice, days apart, is no refusal: so often must a picture have failed before it is given up."""
_STUCK_MOST: Final = 2
_AT_THE_HUB: Final = (EventStatus.STORED, EventStatus.DUPLICATE)


class TakesPictures(Protocol):
    """The part of the hub's client that bringing pictures needs."""

    def blob(self, sha256: str) -> BlobState:
        """How much the hub holds."""

    def put_piece(self, sha256: str, piece: bytes, start: int, total: int) -> BlobState:
        """Brings a piece."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a step did: the acts that must wait for their picture, whether to go on at once, and what was in the way."""

    held: frozenset[int] = frozenset()
    more: bool = False
    trouble: HubSilent | HubRefused | None = None


@dataclass(frozen=True, slots=True)
class _End:
    """How one picture's turn ended; no state: there was no time to finish."""

    state: PictureState | None
    reason: str = ""
    trouble: HubSilent | HubRefused | None = None


def bring_pictures(
    agent: AgentStore,
    terminal: TerminalView,
    hub: TakesPictures,
    folder: PictureFolder,
    *,
    now: datetime,
    patience: timedelta,
    enough: Callable[[], bool],
) -> Brought:
    """Brings what waiting acts name, oldest first, until `enough`; a long upload goes on in the next step.

    A picture that is damaged, that the hub refuses for good, or that it goes on refusing for longer than `patience`
    is given up: the act goes without it, for a person at the hub can still ask for another way.
    """
    held, tired = set[int](), False
    trouble: HubSilent | HubRefused | None = None
    for pictured in terminal.pictured_after(agent.drained_to()):
        note = agent.picture(pictured.sha256)
        if agent.ack(pictured.event_id) is not None or (note is not None and note.state is not PictureState.TRIED):
            continue
        tired = tired or enough()
        if tired or isinstance(trouble, HubSilent):
            held.add(pictured.seq)
            continue
        try:
            stands = hub.blob(pictured.sha256)
        except HubSilent as silence:  # the line is down, which is not the picture's fault
            held.add(pictured.seq)
            trouble = silence
            continue
        except HubRefused as refusal:
            end = _ended(refusal)
        else:
            end = _bring(hub, folder, pictured.sha256, stands, enough)
        trouble = end.trouble or trouble
        if end.state is None:
            tired = True
            held.add(pictured.seq)
            continue
        state = end.state
        if state is PictureState.TRIED:
            if note is not None and now - note.since > patience and note.tries >= TRIES_LEAST:
                state = PictureState.GIVEN_UP
            else:
                held.add(pictured.seq)
        _keep(agent, pictured, state, end.reason, now)
    return Brought(frozenset(held), tired, trouble)


def tidy_pictures(
    agent: AgentStore, terminal: TerminalView, folder: PictureFolder, now: datetime, orphan_age: timedelta
) -> int:
    """Deletes what the hub holds together with its act, and what is old and waits for nothing; returns how many went.

    Old: no act names it (a visit that is still going on, or one that came to nothing: only time tells), or its act was
    laid aside. What waits for the line is never old.
    """
    gone = 0
    for resting in folder.resting():
        pictured = terminal.pictured_by(resting.sha256)
        ack = None if pictured is None else agent.ack(pictured.event_id)
        if pictured is not None and ack is None:
            continue
        at_the_hub = ack is not None and ack.status in _AT_THE_HUB
        if not at_the_hub and now - resting.since <= orphan_age:
            continue
        folder.drop(resting.sha256)
        agent.forget_picture(resting.sha256)
        gone += 1
    return gone


def _bring(
    hub: TakesPictures, folder: PictureFolder, sha256: str, stands: BlobState, enough: Callable[[], bool]
) -> _End:
    """One picture from where the hub stands."""
    data = b"" if stands.complete else folder.read(sha256)
    if data is None:
        return _End(PictureState.GIVEN_UP, "本机的照片文件缺失或损坏")
    stuck = 0
    while not stands.complete:
        if enough():
            return _End(None)
        start = stands.have if stands.have < len(data) else 0
        try:
            stands = hub.put_piece(sha256, data[start : start + PIECE_BYTES], start, len(data))
        except (HubSilent, HubRefused) as trouble:
            # A hub that answers questions but never takes the bytes refuses this picture, in effect.
            return _ended(trouble)
        stuck += not stands.complete and stands.have <= start
        if stuck > _STUCK_MOST:
            return _End(PictureState.TRIED, "中枢收了照片却没有进度")
    return _End(PictureState.BROUGHT)


def _ended(trouble: HubSilent | HubRefused) -> _End:
    for_good = isinstance(trouble, HubRefused) and trouble.about_the_content
    return _End(PictureState.GIVEN_UP if for_good else PictureState.TRIED, trouble.sentence, trouble)


def _keep(agent: AgentStore, pictured: Pictured, state: PictureState, reason: str, now: datetime) -> None:
    if state is PictureState.GIVEN_UP:
        log.warning("the picture of event %s is given up: %s", pictured.event_id, reason)
    agent.note_picture(pictured.event_id, pictured.sha256, state, now, reason[:500])
