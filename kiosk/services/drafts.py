"""Writes down what a visit has come to, for the case that the power goes, and finds it again by the same card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.doors import Door, Err, Ok, Result
from kiosk.journey import acts
from kiosk.journey.acts import Act
from kiosk.journey.draft import Draft
from kiosk.journey.drafting import draft_of
from kiosk.journey.effects import FindDraft
from kiosk.journey.filing import Acting, For, Kin, Organisation, PaperFrom
from kiosk.journey.people import Consent, Person, Way
from kiosk.journey.session import Session
from offline.drafts import Drafts

Asked = Result[Draft | None]
_LENGTH_BYTES: Final = 4


class DraftKeeper:
    """One draft a terminal, written in the storage door after every step that changes it.

    It belongs to the visit that wrote it or was offered it, and goes with that visit. What another visit left when the
    power went stays for its minutes, whoever comes in between: they are shown nothing of it and can take nothing from
    it, and the one it belongs to need not be the first at the card reader. Only a visit that begins something of its
    own takes its place.
    """

    def __init__(
        self,
        drafts: Drafts,
        door: Door,
        tell: Callable[[Act], None],
        *,
        name_act: Callable[[int, str, str], str],
        is_kept: Callable[[str], bool],
        deadline_s: float,
        ill: Callable[[str, Exception], None],
    ) -> None:
        self._drafts = drafts
        self._door = door
        self._tell = tell
        self._name_act = name_act
        self._is_kept = is_kept
        self._deadline_s = deadline_s
        self._ill = ill
        self._seen: tuple[int, Draft | None] = (0, None)
        self._owner = 0

    def saw(self, session: Session) -> None:
        """A session as it stands after an act: what changed is written down, what was left behind is shredded."""
        draft, (number, before) = draft_of(session), self._seen
        self._seen = (session.number, draft)
        if session.number == number and draft == before:
            return
        if draft is not None and session.resident is not None:
            self._put(session.number, session.resident, draft)
        elif session.number == number:
            self._ask(self._drafts.shred)

    def find(self, effect: FindDraft) -> None:
        """What this card opens, unless the act it was to become was kept after all."""
        holder = holder_of(effect.person)

        def work() -> Draft | None:
            packed = self._drafts.open(holder)
            found = None if packed is None else _Packed.read(packed)
            if packed is not None and (found is None or self._is_kept(found.event_id)):
                self._drafts.shred()
                return None
            return None if found is None else found.draft()

        def done(result: Asked) -> None:
            if isinstance(result, Err):
                self._ill("draft", result.error)
            draft = result.value if isinstance(result, Ok) else None
            if draft is not None:
                self._owner = effect.session
            self._tell(acts.DraftFound(effect.session, draft))

        self._door.ask(work, done, deadline_s=self._deadline_s)

    def over(self, session: int) -> None:
        """A visit has ended, and not by the power: its draft goes with it."""
        if self._owner == session:
            self._owner = 0
            self._ask(self._drafts.shred)

    def expire(self) -> None:
        """Shreds what nobody came back for in time; to be asked every few seconds."""
        self._ask(self._drafts.expire)

    def _put(self, session: int, person: Person, draft: Draft) -> None:
        self._owner = session
        packed = _Packed.of(draft, self._name_act(session, draft.item, person.number)).model_dump_json().encode()
        holder = holder_of(person)
        self._ask(lambda: self._drafts.put(holder, packed))

    def _ask(self, work: Callable[[], None]) -> None:
        def done(result: Result[None]) -> None:
            if isinstance(result, Err):
                self._ill("draft", result.error)

        self._door.ask(work, done)


def holder_of(person: Person) -> bytes:
    """What only the chip of this card says, her photograph above all: a number can be guessed, that cannot."""
    digest = sha256()
    for text in (person.layout, person.number, person.name, person.birth, person.valid_to):
        _add(digest.update, text.encode())
    _add(digest.update, person.photo)
    return digest.digest()


def _add(update: Callable[[bytes], None], piece: bytes) -> None:
    update(len(piece).to_bytes(_LENGTH_BYTES, "big"))
    update(piece)


class _Agreed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    version: str
    at: str


class _Kin(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    name: str
    masked_number: str
    masked_name: str
    birth: str


class _Organisation(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    uscc: str
    name: str
    role: str


class _Packed(BaseModel):
    """A draft as it is sealed; `event_id` names the act that it becomes.

    What later versions have added has a default, so that a draft of an earlier one is still read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    event_id: str
    item: str
    started: str
    consents: tuple[_Agreed, ...]
    way: Way | None
    face_tries_left: int | None
    acting_for: For | None = None
    kin: _Kin | None = None
    organisation: _Organisation | None = None
    values: tuple[tuple[str, bool | int | str], ...] = ()
    papers: tuple[tuple[str, PaperFrom], ...] = ()
    delivery: str = ""
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, draft: Draft, event_id: str) -> _Packed:
        agreed = tuple(_Agreed(id=each.id, version=each.version, at=each.at) for each in draft.consents)
        acting = draft.acting
        kin = None if acting is None or acting.kin is None else _Kin.model_validate(asdict(acting.kin))
        whom = None if acting is None or acting.organisation is None else asdict(acting.organisation)
        return cls(
            event_id=event_id,
            item=draft.item,
            started=draft.started,
            consents=agreed,
            way=draft.way,
            face_tries_left=draft.face_tries_left,
            acting_for=None if acting is None else acting.whose,
            kin=kin,
            organisation=None if whom is None else _Organisation.model_validate(whom),
            values=draft.values,
            papers=draft.papers,
            delivery=draft.delivery,
            left_out=draft.left_out,
        )

    @classmethod
    def read(cls, untrusted: bytes) -> _Packed | None:
        """None: written by another version of the program."""
        try:
            return cls.model_validate_json(untrusted)
        except ValidationError:
            return None

    def draft(self) -> Draft:
        return Draft(
            item=self.item,
            started=self.started,
            consents=tuple(Consent(each.id, each.version, each.at) for each in self.consents),
            way=self.way,
            face_tries_left=self.face_tries_left,
            acting=None if self.acting_for is None else Acting(self.acting_for, self._kin(), self._organisation()),
            values=self.values,
            papers=self.papers,
            delivery=self.delivery,
            left_out=self.left_out,
        )

    def _kin(self) -> Kin | None:
        return None if self.kin is None else Kin(**self.kin.model_dump())

    def _organisation(self) -> Organisation | None:
        return None if self.organisation is None else Organisation(**self.organisation.model_dump())
