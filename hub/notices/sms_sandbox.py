"""The sandbox SMS gateway (演示): sends nothing anywhere, keeps what it was given, and fails in every way there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal, get_args

from sqlalchemy import func, select

from hub.hub import Hub
from hub.manners import behave, manner_of
from hub.notices.sms_port import TICKET, NumberRefused, Receipt, SmsSilent, Text
from hub.notices.tables import SandboxText
from hub.outside import numbered
from seeds.identifiers import mask_number

Manner = Literal["well", "late", "wrong", "garbled", "undelivered", "silent", "twice"]
"""wrong: refuses every number; garbled: names tickets that are none, and tells of other people's texts."""
MANNERS: Final[tuple[Manner, ...]] = get_args(Manner)
PARTY: Final = "sms"
_FOREIGN: Final = numbered(TICKET, 999_999_999)


class SandboxSms:
    """Speaks for an SMS company, from a table, so that replicas and restarts agree."""

    sandbox = True

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def behave(self, manner: Manner) -> None:
        """Sets how it behaves from now on."""
        behave(self._hub.database, PARTY, manner)

    def send(self, text: Text) -> str:
        """Takes the text once; twice: answers only when it is asked again."""
        manner = self._manner()
        if manner == "silent":
            raise SmsSilent
        if manner == "wrong":
            raise NumberRefused
        if manner == "garbled":
            return "?"
        with self._hub.database.writing() as session:
            held = session.get(SandboxText, text.key)
            if held is not None:
                held.asked += 1
                return held.ticket
            count = session.scalar(select(func.count()).select_from(SandboxText)) or 0
            ticket = numbered(TICKET, count + 1)
            shown = mask_number(text.number)
            session.add(
                SandboxText(
                    key=text.key, ticket=ticket, to=shown, words=text.words, taken_at=self._hub.clock(), asked=1
                )
            )
        if manner == "twice":
            raise SmsSilent
        return ticket

    def receipts(self, ticket: str) -> tuple[Receipt, ...]:
        """What became of it by now; late: nothing before hours have passed."""
        manner, settings = self._manner(), self._hub.settings
        if manner == "silent":
            raise SmsSilent
        if manner == "garbled":
            return (Receipt(_FOREIGN, "delivered"),)
        with self._hub.database.reading() as session:
            row = session.scalars(select(SandboxText).where(SandboxText.ticket == ticket)).one_or_none()
        after_s = settings.sandbox_sms_late_s if manner == "late" else settings.sandbox_sms_brings_s
        if row is None or self._hub.clock() - row.taken_at < timedelta(seconds=after_s):
            return ()
        told = Receipt(ticket, "undelivered" if manner == "undelivered" else "delivered")
        return (told, told) if manner == "twice" else (told,)

    def _manner(self) -> str:
        with self._hub.database.reading() as session:
            return manner_of(session, PARTY)
