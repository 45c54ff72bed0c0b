"""The driver against a child that says anything, and the child's own half against the real service."""

from __future__ import annotations

import io
import socket
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from smartcard import scard

from drivers.health import Cause, State
from drivers.simulation import Simulation
from drivers.social_card import child as child_module
from drivers.social_card.child import serve
from drivers.social_card.pcsc import PcscReader, PcscTrouble
from drivers.social_card.pcsc_reader import ROUNDS_MAX, PcscSocialCardReader
from drivers.social_card.pcsc_wire import HEAD, TAGS
from drivers.social_card.port import ReadFault, SocialCard
from drivers.social_card.record import ITEMS, encode
from drivers.social_card.simulator import SimulatedSocialCard
from drivers.trouble import DeviceTrouble
from tests.drivers.social_card.pcscd import Daemon
from tests.drivers.social_card.people import THIRD, ZHANG

FAKE: Final = Path(__file__).with_name("fake_child.py")
OK: Final = "+:9000"
PATIENCE_S: Final = 20.0


def reader_on(*answers: str) -> PcscSocialCardReader:
    reader = PcscSocialCardReader("pcsc://0", child_command=(sys.executable, str(FAKE), ",".join(answers)))
    reader.open()
    return reader


def read_on(*answers: str) -> SocialCard | ReadFault:
    reader = reader_on(*answers)
    try:
        return reader.read()
    finally:
        reader.close()


def records(card: SocialCard = ZHANG, **other: str) -> list[str]:
    """What a child answers to a whole reading, some records replaced."""
    said = ["+:", OK]
    file = 0
    for item in ITEMS:
        if item.file != file:
            said.append(OK)
            file = item.file
        said.append(other.get(item.field, f"+:{encode(item, getattr(card, item.field)).hex()}9000"))
    return said


def test_a_whole_card_is_read() -> None:
    assert read_on(*records()) == ZHANG


def test_what_a_card_may_lack_is_empty() -> None:
    outcome = read_on(*records(birthplace="+:6A83", version="+:6A83"))
    assert isinstance(outcome, SocialCard)
    assert (outcome.birthplace, outcome.version, outcome.name) == ("", "", ZHANG.name)


@pytest.mark.parametrize(
    ("answers", "code", "sw"),
    [
        (["P:"], "pulled", None),
        (["M:"], "mute", None),
        (["B:"], "busy", None),
        (["S:"], "no_service", None),
        (["X:"], "transport", None),
        (["+:", "+:6A82"], "wrong_card", 0x6A82),
        (["+:", "+:6E00"], "wrong_card", 0x6E00),
        (["+:", "+:6283"], "card_locked", 0x6283),
        (["+:", "+:1234"], "card_data", None),
        (["+:", "+:"], "card_data", None),
        (["+:", "+:6700"], "our_command", 0x6700),
        (["+:", "+:6BAD"], "unknown_status", 0x6BAD),
        (["!:"], "died", None),
        (["Z:"], "died", None),
        (["?:"], "died", None),
        (["+:", *["+:6110"] * ROUNDS_MAX], "card_data", None),
        (["+:", *["+:6C10"] * ROUNDS_MAX], "card_data", None),
        (["+:", *[f"+:{'00' * 256}6100"] * 3], "card_data", None),
        (records(card_number="+:6A83"), "record_missing", 0x6A83),
        (records(name="+:09" + "1E" + "00" * 30 + "9000"), "record_missing", 0x9000),
        (records(id_number="+:08FF31329000"), "card_data", 0x9000),
        (records(card_id="+:6982"), "security", 0x6982),
        (records(THIRD, id_number="+:6982"), "needs_psam", 0x6982),
        (records(THIRD, id_number="+:6985"), "needs_psam", 0x6985),
    ],
)
def test_whatever_goes_wrong_is_told_by_name(answers: list[str], code: str, sw: int | None) -> None:
    outcome = read_on(*answers)
    assert isinstance(outcome, ReadFault)
    assert (outcome.code, outcome.sw) == (f"social_card.{code}", sw)


LONG: Final = "阿卜杜勒阿卜杜勒阿卜杜勒阿卜杜"


@pytest.mark.parametrize(
    ("more", "name"),
    [("+:4E04C0D5C0D59000", LONG + "勒勒"), ("+:6A83", LONG), ("+:6A82", LONG)],
)
def test_a_long_name_is_read_to_its_end(more: str, name: str) -> None:
    item = next(item for item in ITEMS if item.field == "name")
    full = f"+:{encode(item, LONG).hex()}9000"
    answers = records(name=full)
    answers.insert(answers.index(full) + 1, more)
    outcome = read_on(*answers)
    assert isinstance(outcome, SocialCard)
    assert outcome.name == name


def test_a_long_name_whose_rest_is_refused_is_no_name() -> None:
    item = next(item for item in ITEMS if item.field == "name")
    full = f"+:{encode(item, LONG).hex()}9000"
    answers = records(name=full)
    answers.insert(answers.index(full) + 1, "+:6581")
    outcome = read_on(*answers)
    assert isinstance(outcome, ReadFault)
    assert outcome.code == "social_card.card_fault"


def test_what_is_wrong_with_a_card_says_that_the_reader_is_well() -> None:
    reader = reader_on("+:", "+:6A82", "+:", "S:")
    assert reader._chart.health.state is State.unknown
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    assert outcome.health.cause is Cause.person
    assert reader._chart.health.code == "social_card.ready"
    assert reader.health().code == "social_card.no_service"
    reader.close()


def test_a_child_that_died_is_replaced_and_counted() -> None:
    reader = reader_on("!:")
    assert not reader.find()
    assert (reader.replaced, reader._chart.health.code) == (1, "social_card.died")
    assert not reader.find()
    assert reader.replaced == 2
    reader.close()


@pytest.mark.parametrize("link", ["", "pcsc://", "usb://1", "pcsc:0"])
def test_a_link_that_is_none_is_told(link: str) -> None:
    with pytest.raises(DeviceTrouble) as trouble:
        PcscSocialCardReader(link)
    assert trouble.value.code == "social_card.link"


def test_where_no_service_runs_that_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path / "none"))
    reader = PcscSocialCardReader("pcsc://0")
    reader.open()
    assert not reader.find()
    health = reader.health()
    assert (health.state, health.cause, health.code) == (State.failed, Cause.environment, "social_card.no_service")
    reader.close()


def test_a_virtual_reader_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(DeviceTrouble) as trouble:
        SimulatedSocialCard().start(f"vpcd:{port}")
    assert trouble.value.code == "simulate.vpcd"


def said_by(reader: object, *orders: bytes) -> list[tuple[str, bytes]]:
    """What `serve` answers to these orders, its greeting first."""
    answers = io.BytesIO()
    serve(reader, io.BytesIO(b"".join(orders)), answers)  # type: ignore[arg-type]
    data = answers.getvalue()
    found: list[tuple[str, bytes]] = []
    while data:
        letter, size = HEAD.unpack(data[: HEAD.size])
        found.append((TAGS[letter], data[HEAD.size : HEAD.size + size]))
        data = data[HEAD.size + size :]
    return found


def order(letter: bytes, body: bytes = b"") -> bytes:
    return HEAD.pack(letter, len(body)) + body


def until(reader: PcscReader, wanted: str | None) -> None:
    """Looks until the service has noticed."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            reader.look()
            seen = None
        except PcscTrouble as trouble:
            seen = trouble.tag
        if seen == wanted:
            return
        assert time.monotonic() < deadline


def test_the_child_does_what_it_is_told_on_the_real_service(daemon: Daemon) -> None:
    device = SimulatedSocialCard()
    with Simulation(device).start(f"vpcd:{daemon.vpcd_port}"):
        reader = PcscReader(device.link)
        until(reader, "no_card")
        assert said_by(reader, order(b"L"), order(b"C"), order(b"T", b"\0" * 5), order(b"D")) == [
            ("done", b""),
            ("no_card", b""),
            ("no_card", b""),
            ("pulled", b""),
            ("done", b""),
        ]
        device.lay(ZHANG)
        until(reader, None)
        assert said_by(reader, order(b"L"), order(b"C"), order(b"T", bytes.fromhex("0084000008")), order(b"D")) == [
            ("done", b""),
            ("done", b""),
            ("done", b""),
            ("done", bytes.fromhex("6D00")),
            ("done", b""),
        ]
        reader.connect()
        device.lift()
        with pytest.raises(PcscTrouble) as trouble:
            reader.transmit(bytes.fromhex("0084000008"))
        assert trouble.value.tag in ("pulled", "mute")
        reader.disconnect()


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        (scard.SCARD_W_REMOVED_CARD, "pulled"),
        (scard.SCARD_W_UNRESPONSIVE_CARD, "mute"),
        (scard.SCARD_E_SHARING_VIOLATION, "busy"),
        (scard.SCARD_F_COMM_ERROR, "transport"),
        (scard.SCARD_E_SERVICE_STOPPED, "no_service"),
    ],
)
def test_every_word_of_the_service_has_its_name(monkeypatch: pytest.MonkeyPatch, code: int, tag: str) -> None:
    tries: list[int] = []

    def fail(*_: object) -> tuple[int, object, int]:
        tries.append(1)
        return code, None, 0

    monkeypatch.setattr(scard, "SCardEstablishContext", lambda _: (scard.SCARD_S_SUCCESS, object()))
    monkeypatch.setattr(scard, "SCardListReaders", lambda *_: (scard.SCARD_S_SUCCESS, ["R 00 00"]))
    monkeypatch.setattr(scard, "SCardConnect", fail)
    reader = PcscReader("pcsc://R")
    with pytest.raises(PcscTrouble) as trouble:
        reader.connect()
    assert trouble.value.tag == tag
    assert len(tries) == (2 if tag == "mute" else 1), "a card is given a second chance, everything else is told at once"


@pytest.mark.parametrize(
    ("code", "answer", "state", "tag"),
    [
        (scard.SCARD_S_SUCCESS, [], scard.SCARD_STATE_PRESENT, "pulled"),
        (scard.SCARD_E_NOT_TRANSACTED, [], scard.SCARD_STATE_EMPTY, "pulled"),
        (scard.SCARD_E_NOT_TRANSACTED, [], scard.SCARD_STATE_PRESENT, "mute"),
        (scard.SCARD_E_NOT_TRANSACTED, [], scard.SCARD_STATE_UNAVAILABLE, "pulled"),
    ],
)
def test_a_card_that_left_and_one_that_fell_silent_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, code: int, answer: list[int], state: int, tag: str
) -> None:
    monkeypatch.setattr(scard, "SCardEstablishContext", lambda _: (scard.SCARD_S_SUCCESS, object()))
    monkeypatch.setattr(scard, "SCardListReaders", lambda *_: (scard.SCARD_S_SUCCESS, ["R 00 00"]))
    monkeypatch.setattr(scard, "SCardConnect", lambda *_: (scard.SCARD_S_SUCCESS, object(), scard.SCARD_PROTOCOL_T1))
    monkeypatch.setattr(scard, "SCardTransmit", lambda *_: (code, answer))
    monkeypatch.setattr(scard, "SCardGetStatusChange", lambda *_: (scard.SCARD_S_SUCCESS, [("R 00 00", state, [])]))
    reader = PcscReader("pcsc://R")
    reader.connect()
    with pytest.raises(PcscTrouble) as trouble:
        reader.transmit(b"\0" * 5)
    assert trouble.value.tag == tag


def test_a_service_that_refuses_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scard, "SCardEstablishContext", lambda _: (scard.SCARD_E_NO_SERVICE, 0))
    reader = PcscReader("pcsc://0")
    for _ in range(2):
        with pytest.raises(PcscTrouble) as trouble:
            reader.look()
        assert trouble.value.tag == "no_service"


@pytest.mark.parametrize("words", [["child"], ["child", "usb://0"]])
def test_a_child_without_a_reader_ends_with_2(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setattr(sys, "argv", words)
    assert child_module.main() == 2
