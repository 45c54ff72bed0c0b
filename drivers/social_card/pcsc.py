"""One PC/SC reader, seen from inside the child process: any of these calls may hang in C for ever."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from smartcard import scard

from drivers.social_card.pcsc_wire import Tag

_TAGS: Final[dict[int, Tag]] = {
    scard.SCARD_E_NO_SERVICE: "no_service",
    scard.SCARD_E_SERVICE_STOPPED: "no_service",
    scard.SCARD_E_INVALID_HANDLE: "no_service",
    scard.SCARD_E_NO_READERS_AVAILABLE: "no_reader",
    scard.SCARD_E_UNKNOWN_READER: "no_reader",
    scard.SCARD_E_READER_UNAVAILABLE: "no_reader",
    scard.SCARD_E_NO_SMARTCARD: "no_card",
    scard.SCARD_W_REMOVED_CARD: "pulled",
    scard.SCARD_W_RESET_CARD: "pulled",
    scard.SCARD_W_UNRESPONSIVE_CARD: "mute",
    scard.SCARD_W_UNPOWERED_CARD: "mute",
    scard.SCARD_W_UNSUPPORTED_CARD: "mute",
    scard.SCARD_E_SHARING_VIOLATION: "busy",
}


class PcscTrouble(Exception):
    """A call failed; `tag` is what to tell."""

    def __init__(self, tag: Tag) -> None:
        super().__init__(tag)
        self.tag: Tag = tag


class PcscReader:
    """The reader that a link names: `pcsc://0`, the first, or `pcsc://READER%20NAME`, whose name begins so."""

    def __init__(self, link: str) -> None:
        self._wanted = reader_of(link)
        self._context: Any = None
        self._card: Any = None
        self._protocol = 0

    def look(self) -> None:
        """Whether a card is in the reader: PcscTrouble where not."""
        name = self._name()
        code, states = scard.SCardGetStatusChange(self._context, 0, [(name, scard.SCARD_STATE_UNAWARE)])
        self._must(code)
        state = states[0][1]
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            raise PcscTrouble("no_reader")
        if not state & scard.SCARD_STATE_PRESENT:
            raise PcscTrouble("no_card")

    def connect(self) -> None:
        """Power the card and take it for ourselves."""
        self.disconnect()
        try:
            self._connect()
        except PcscTrouble as trouble:
            if trouble.tag != "mute":
                raise
            # The service may have been taking its power just then; a card that is well answers the second time.
            self._connect()

    def transmit(self, command: bytes) -> bytes:
        """One command and the card's answer."""
        if self._card is None:
            raise PcscTrouble("pulled")
        header = scard.SCARD_PCI_T1 if self._protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
        code, answer = scard.SCardTransmit(self._card, header, list(command))
        if code == scard.SCARD_E_NOT_TRANSACTED:
            # A card that left in the middle and one that fell silent end alike here; the reader knows which it was.
            try:
                self.look()
            except PcscTrouble as trouble:
                raise PcscTrouble("pulled") from trouble
            raise PcscTrouble("mute")
        self._must(code)
        if len(answer) < 2:
            # Every card that is still in contact says at least its status.
            raise PcscTrouble("pulled")
        return bytes(each & 0xFF for each in answer)

    def disconnect(self) -> None:
        """Let go of the card, which forgets what was selected; harmless where none is held."""
        card, self._card = self._card, None
        if card is not None:
            scard.SCardDisconnect(card, scard.SCARD_RESET_CARD)

    def _connect(self) -> None:
        code, card, protocol = scard.SCardConnect(
            self._context_now(),
            self._name(),
            scard.SCARD_SHARE_EXCLUSIVE,
            scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
        )
        self._must(code)
        self._card, self._protocol = card, protocol

    def _context_now(self) -> Any:
        if self._context is None:
            code, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
            if code != scard.SCARD_S_SUCCESS:
                self._context = None
                self._must(code)
        return self._context

    def _name(self) -> str:
        code, names = scard.SCardListReaders(self._context_now(), [])
        self._must(code)
        if isinstance(self._wanted, int):
            found = names[self._wanted : self._wanted + 1]
        else:
            found = [name for name in names if name.startswith(self._wanted)]
        if not found:
            raise PcscTrouble("no_reader")
        return str(found[0])

    def _must(self, code: int) -> None:
        if code == scard.SCARD_S_SUCCESS:
            return
        tag = _TAGS.get(code, "transport")
        if tag == "no_service":
            # The next call asks the service anew: it may have been started again.
            self._context = self._card = None
        raise PcscTrouble(tag)


def reader_of(link: str) -> int | str:
    """The reader's number or the beginning of its name; raises ValueError for another link."""
    scheme, separator, rest = link.partition("://")
    wanted = unquote(rest.split("?")[0]).strip()
    if scheme != "pcsc" or not separator or not wanted:
        raise ValueError(link)
    return int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 4 else wanted
