"""Nothing personal is written: searched for in every form in which it went over the wire, split anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.capture.blanking import Blanker
from drivers.code_scanner import gm65
from drivers.code_scanner.blanking import CodeBlanker
from drivers.id_card import frame
from drivers.id_card import reply as replies
from drivers.id_card.blanking import SamBlanker
from drivers.id_card.record import from_record
from drivers.id_card.text_block import encode as encode_block
from drivers.power import answer as nut
from drivers.power.blanking import NutBlanker
from drivers.receipt_printer.blanking import EscposBlanker
from drivers.receipt_printer.encoder import encode
from drivers.receipt_printer.profile import PROFILES
from seeds.people import People
from tests.drivers.receipt_printer.slips import CODE, KEPT, VERIFY

PEOPLE: Final = People.load().all


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    at = 0
    for cut in sorted({cut % (len(data) + 1) for cut in cuts}):
        yield data[at:cut]
        at = cut
    yield data[at:]


def heard(blanker: Blanker, data: bytes, cuts: list[int]) -> bytes:
    return b"".join(blanker.heard(each) for each in pieces(data, cuts)) + blanker.rest()[1]


cuts_anywhere = st.lists(st.integers(min_value=0, max_value=3000), max_size=6)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(PEOPLE), cuts_anywhere, st.binary(max_size=20))
def test_a_card_is_captured_without_its_holder_and_still_parses(person: object, cuts: list[int], noise: bytes) -> None:
    card = from_record(person.card_record())  # type: ignore[attr-defined]
    whole = frame.reply((0, 0, replies.OK), replies.card_body(card))
    written = heard(SamBlanker(), noise + whole, cuts)
    assert len(written) == len(noise + whole)
    for secret in (card.number, card.name, card.birth_text, card.address, card.valid_from):
        if secret:
            assert secret.encode("utf-16-le") not in written
    if b"\xaa" not in noise:
        [found] = frame.FrameFinder().feed(written)
        assert isinstance(found, frame.Frame)
        again = replies.parse_card(found.content[3:])
        assert again.layout == card.layout
        assert set(again.number) <= set("0A")
        assert written[: len(noise)] == b"?" * len(noise)


@pytest.mark.parametrize("fingerprints", [0, 1024])
def test_a_card_with_fingerprints_is_blanked_at_its_length(fingerprints: int) -> None:
    card = from_record(PEOPLE[0].card_record())
    picture = b"\x57\x4c\x66\x00\x7e\x00\x32\x00" + b"\x5a" * 1016
    lengths = bytes.fromhex("01000400") + fingerprints.to_bytes(2, "big")
    body = lengths + encode_block(card) + picture + b"\x43" * fingerprints
    whole = frame.reply((0, 0, replies.OK), body)
    written = heard(SamBlanker(), whole, [700])
    assert len(written) == len(whole)
    assert card.number.encode("utf-16-le") not in written
    assert b"\x5a" not in written
    assert b"\x43\x43" not in written
    assert picture[:8] in written


def test_the_additional_address_is_blanked() -> None:
    address = "上海市浦东新区示例路99号".ljust(35).encode("utf-16-le")
    written = heard(SamBlanker(), frame.reply((0, 0, 0x90), address), [])
    assert "浦东".encode("utf-16-le") not in written
    assert "99".encode("utf-16-le") not in written
    assert len(written) == 81


def test_half_a_card_is_not_written() -> None:
    card = from_record(PEOPLE[0].card_record())
    half = frame.reply((0, 0, replies.OK), replies.card_body(card))[:200]
    assert heard(SamBlanker(), half, []) == b"?" * 200


def test_status_and_the_modules_own_number_are_written_as_they_are() -> None:
    for data in (
        bytes.fromhex("AAAAAA9669000800009F0000000097"),
        bytes.fromhex("AAAAAA966900140000900500030 0F5FD340187D61200B1CB7400F2".replace(" ", "")),
    ):
        assert heard(SamBlanker(), data, [3, 9]) == data


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(sorted(PROFILES)), cuts_anywhere)
def test_a_slip_is_captured_without_what_is_on_it_and_keeps_its_length(profile: str, cuts: list[int]) -> None:
    job = b"".join(encode(KEPT, PROFILES[profile]))
    blanker = EscposBlanker()
    written = b"".join(blanker.sent(each) for each in pieces(job, cuts)) + blanker.rest()[0]
    assert len(written) == len(job)
    for secret in (CODE, CODE.replace("-", ""), VERIFY, "养老"):
        assert secret.encode("gb18030") not in written
        assert secret.encode() not in written
    assert written.startswith(b"\x1b@\x1c&")
    assert written.endswith(PROFILES[profile].cut_and_present(0))


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=10))
def test_no_bytes_make_a_blanker_raise_grow_or_lose_count(chunks: list[bytes]) -> None:
    for blanker in (SamBlanker(), EscposBlanker(), CodeBlanker(), NutBlanker()):
        sent = b"".join(blanker.sent(chunk) for chunk in chunks)
        answered = b"".join(blanker.heard(chunk) for chunk in chunks)
        rest = blanker.rest()
        whole = sum(map(len, chunks))
        assert (len(sent) + len(rest[0]), len(answered) + len(rest[1])) == (whole, whole)


SHOWN: Final = ("330106199001011234", "https://example.org/q?c=Ab3-9", "农村养老保险 李大山", "A1\x1dB2")


@settings(deadline=None)
@given(st.sampled_from(SHOWN), st.sampled_from(("utf-8", "gb18030")), cuts_anywhere, st.integers(0, 255))
def test_a_code_is_captured_without_what_it_says_between_answers_that_stay(
    shown: str, encoding: str, cuts: list[int], mode: int
) -> None:
    code, answer = shown.encode(encoding), gm65.reply(bytes([mode]))
    written = heard(CodeBlanker(), answer + code + b"\r" + answer + code, cuts)
    covered = written[len(answer) : len(answer) + len(code)]
    assert written == answer + covered + b"\r" + answer + covered
    assert len(covered) == len(code)
    assert set(covered) <= set(b"0A?\x1d")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(gm65.reply(b"330106199001011234"), id="an answer as long as a code"),
        pytest.param(gm65.reply(b"7")[:-1] + b"7", id="an answer with a wrong check"),
        pytest.param(gm65.reply(b"7")[:-1], id="half an answer"),
        pytest.param(b"\x02" * 3 + "李".encode(), id="heads of answers in a code"),
    ],
)
def test_what_only_looks_like_an_answer_is_blanked(said: bytes) -> None:
    written = heard(CodeBlanker(), said, [1, 5])
    assert len(written) == len(said)
    assert not set(written) & set("123456789李".encode())


@settings(deadline=None)
@given(cuts_anywhere, st.sampled_from((b"\n", b"\r\n")))
def test_a_supply_is_captured_by_what_is_read_of_it_and_without_what_names_its_owner(
    cuts: list[int], end: bytes
) -> None:
    plain = (b"BEGIN LIST VAR rack", b'VAR rack ups.status "OB DISCHRG"', b'VAR rack battery.charge "87.5"')
    named = b"VAR rack ups.serial " + nut.quoted('SN-4711 某村 "x"').encode()
    last = (b'VAR rack battery.runtime "1800"', b"END LIST VAR rack", b"ERR DATA-STALE")
    said = b"".join(line + end for line in (*plain, named, *last))
    written = heard(NutBlanker(), said, cuts)
    assert len(written) == len(said)
    lines = written.split(end)
    assert (tuple(lines[:3]), tuple(lines[4:7])) == (plain, last)
    assert lines[3].startswith(b'VAR rack ups.serial "AA-0000 ?')
    message = nut.message_of(lines[3])
    assert isinstance(message, nut.Variable)
    assert message.name == "ups.serial"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        (b'VAR rack ups.status "Li Dashan 4711"\n', b'VAR rack ups.status "AA AAAAAA 0000"\n'),
        ('VAR 李大山 ups.status "OL"\n'.encode(), b"?" * 29 + b"\n"),
        (b"Li Dashan\n", b"?????????\n"),
        (b"x" * 5000, b"?" * 5000),
        (b"x" * 5000 + b"\n", b"?" * 5000 + b"\n"),
    ],
)
def test_what_a_server_says_out_of_place_is_blanked(line: bytes, written: bytes) -> None:
    assert heard(NutBlanker(), line, []) == written
