"""Cards and frames to bytes and back; whatever bytes come, only the codec's own errors do."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.id_card import frame, reply, text_block
from drivers.id_card.codes import ETHNIC_GROUPS, SEXES, ethnic_code, sex_code
from drivers.id_card.frame import BadCheck, Frame, FrameFinder
from drivers.id_card.port import ForeignCard2017, ForeignCard2023, HkMoTwCard, IdCard, ResidentCard
from drivers.id_card.record import PLAIN_PHOTO, from_record, to_record
from drivers.id_card.reply import BadBody
from drivers.id_card.text_block import BadText
from tests.drivers.id_card.player import (
    ADDRESS,
    LAYOUTS,
    NEWEST_ADDRESS,
    NUMBER,
    card_reply,
    card_reply_with_fingerprints,
    fields_of,
)


def texts(places: int) -> st.SearchStrategy[str]:
    """Text that fits so many UTF-16 places and does not end in what a card pads with."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=places).filter(
        lambda text: len(text.encode("utf-16-le")) <= 2 * places and text == text.rstrip(" \0")
    )


COMMON = {
    "sex_code": texts(1),
    "birth_text": texts(8),
    "valid_from": texts(8),
    "valid_to": texts(8),
    "photo": st.sampled_from([b"", PLAIN_PHOTO]) | st.binary(min_size=1024, max_size=1024),
}
CARDS: st.SearchStrategy[IdCard] = st.one_of(
    st.builds(
        ResidentCard,
        name=texts(15),
        ethnic_code=texts(2),
        number=texts(18),
        address=texts(35),
        authority=texts(15),
        **COMMON,
    ),
    st.builds(
        HkMoTwCard,
        name=texts(15),
        number=texts(18),
        address=texts(35),
        authority=texts(15),
        permit_number=texts(9),
        issue_count=texts(2),
        **COMMON,
    ),
    st.builds(
        ForeignCard2017,
        chinese_name=texts(15),
        english_name=texts(60),
        number=texts(15),
        nationality=texts(3),
        authority=texts(4),
        card_version=texts(2),
        **COMMON,
    ),
    st.builds(
        ForeignCard2023,
        chinese_name=texts(15),
        english_name=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=46).map(str.rstrip),
        number=texts(18),
        nationality=texts(3),
        renewals=texts(2),
        link=texts(3),
        **COMMON,
    ),
)


@given(CARDS)
def test_a_card_survives_its_bytes(card: IdCard) -> None:
    assert reply.parse_card(reply.card_body(card)) == card


@given(CARDS, st.sampled_from([0, 512, 1024]).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
def test_a_card_with_fingerprints_survives_its_bytes(card: IdCard, fingers: bytes) -> None:
    carried = replace(card, fingerprints=fingers)
    assert reply.parse_card_with_fingerprints(reply.card_body_with_fingerprints(carried)) == carried


@given(texts(35))
def test_a_newest_address_survives_its_bytes(address: str) -> None:
    assert reply.parse_newest_address(reply.newest_address_data(address)) == address


PARSERS = (
    reply.parse_card,
    reply.parse_card_with_fingerprints,
    reply.parse_newest_address,
    reply.parse_module_number,
)


@pytest.mark.parametrize("parse", PARSERS)
@given(st.binary(max_size=2400) | st.binary(min_size=70, max_size=70) | st.binary(min_size=16, max_size=16))
def test_a_body_of_any_bytes_is_parsed_or_a_typed_error(parse: Callable[[bytes], object], body: bytes) -> None:
    try:
        parse(body)
    except (BadBody, BadText):
        return


def test_a_fingerprint_block_of_another_size_is_refused() -> None:
    with pytest.raises(BadBody):
        reply.parse_card_with_fingerprints(bytes.fromhex("010004000001") + bytes(256 + 1024 + 1))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("fingers", [bytes(1024), bytes(512), b""])
def test_the_simulators_bytes_with_fingerprints_are_the_published_ones(layout: str, fingers: bytes) -> None:
    card = replace(from_record(fields_of(layout)), fingerprints=fingers)
    made = frame.reply((0, 0, reply.OK), reply.card_body_with_fingerprints(card))
    assert made == card_reply_with_fingerprints(layout, fingers)


def test_the_address_and_the_module_number_are_the_published_bytes() -> None:
    assert frame.reply((0, 0, reply.OK), reply.newest_address_data(NEWEST_ADDRESS)) == ADDRESS
    assert reply.parse_newest_address(ADDRESS[10:-1]) == NEWEST_ADDRESS
    assert reply.parse_module_number(NUMBER[10:-1]) == "05.03-20250101-0001234567-0007654321"


def test_fingerprints_are_in_no_record_and_no_repr() -> None:
    card = replace(from_record(fields_of("resident")), fingerprints=b"C" * 1024)
    assert base64.b64encode(b"C" * 12).decode() not in str(to_record(card)) + repr(card)
    assert b"CCCC".hex() not in str(to_record(card)) + repr(card)
    assert "fingerprints" not in to_record(card)


@given(st.binary(min_size=256, max_size=256), st.sampled_from(["", "A", "J", "I", "Y", "Q"]))
def test_a_text_block_of_any_bytes_is_a_card_or_a_typed_error(block: bytes, flag: str) -> None:
    mutable = bytearray(block)
    mutable[248:250] = flag.ljust(1).encode("utf-16-le")
    try:
        card = text_block.decode(bytes(mutable))
    except BadText:
        return
    assert flag != "Q"
    assert isinstance(card.birth, date | None)
    to_record(card)


def test_the_longest_address_is_read_and_written_where_cards_have_it() -> None:
    address = "".join(chr(0x4E00 + place) for place in range(35))
    resident = from_record(fields_of("resident"))
    assert isinstance(resident, ResidentCard)
    block = text_block.encode(replace(resident, address=address))
    assert block[52:122] == address.encode("utf-16-le")
    read = text_block.decode(block)
    assert isinstance(read, ResidentCard)
    assert read.address == address


def test_a_foreign_name_keeps_the_space_where_its_halves_meet() -> None:
    name = "A" * 34 + " " + "BERNADETTE"
    [card] = [each for each in map(from_record, map(fields_of, LAYOUTS)) if isinstance(each, ForeignCard2023)]
    read = text_block.decode(text_block.encode(replace(card, english_name=name)))
    assert isinstance(read, ForeignCard2023)
    assert read.english_name == name


def test_a_body_with_anything_behind_the_card_is_refused() -> None:
    body = reply.card_body(from_record(fields_of("resident")))
    reply.parse_card(body)
    for more in (b"\0", body):
        with pytest.raises(BadBody):
            reply.parse_card(body + more)


@pytest.mark.parametrize("length", [0xFFFF, 0x0A42, 1, 0])
def test_a_length_that_no_frame_has_is_not_waited_for(length: int) -> None:
    lying = frame.PREAMBLE + length.to_bytes(2, "big")
    assert FrameFinder().feed(lying + reply.FIND) == (Frame(reply.FIND[7:-1]),)


@pytest.mark.parametrize("size", [0, 1, 255, 257, 512])
def test_a_block_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(BadText):
        text_block.decode(bytes(size))


@given(st.binary(min_size=1, max_size=frame.CONTENT_BYTES_MAX), st.integers(0, 300))
def test_a_frame_survives_its_bytes_in_any_split(content: bytes, boundary: int) -> None:
    whole = frame.encode(content)
    finder = FrameFinder()
    found = (*finder.feed(whole[:boundary]), *finder.feed(whole[boundary:]))
    assert found == (Frame(content),)
    assert finder.noise_bytes == 0


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_any_bytes_are_frames_or_noise_and_nothing_is_hoarded(pieces: list[bytes]) -> None:
    finder = FrameFinder()
    for piece in pieces:
        finder.feed(piece)
    finder.give_up()
    assert not finder.begun


@given(st.lists(st.sampled_from([b"\xaa", b"\xaa\xaa\xaa\x96\x69", b"\x96", b"\x00\x03", b"\x00\x04", b"\x00"])))
def test_a_frame_behind_near_preambles_is_found_in_the_end(noise: list[bytes]) -> None:
    finder = FrameFinder()
    found = (*finder.feed(b"".join(noise)), *finder.feed(frame.encode(b"\x00\x00\x90wanted")), *finder.give_up())
    # Noise may end in what is a whole frame by chance; then nobody can know where the next one was meant to begin.
    assume(not any(isinstance(item, Frame) and b"wanted" not in item.content for item in found))
    assert Frame(b"\x00\x00\x90wanted") in found


@given(st.binary(min_size=1, max_size=200), st.integers(0, 10_000), st.integers(1, 255))
def test_a_frame_with_one_wrong_byte_never_passes(content: bytes, place: int, flip: int) -> None:
    whole = bytearray(frame.encode(content))
    whole[place % len(whole)] ^= flip
    finder = FrameFinder()
    found = (*finder.feed(bytes(whole)), *finder.give_up())
    assert all(item == BadCheck() or item != Frame(content) for item in found)


@pytest.mark.parametrize(
    ("made", "published"),
    [
        (reply.FIND, "AAAAAA96690003200122"),
        (reply.SELECT, "AAAAAA96690003200221"),
        (reply.READ, "AAAAAA96690003300132"),
        (reply.STATUS, "AAAAAA9669000311FFED"),
        (reply.READ_WITH_FINGERPRINTS, "AAAAAA96690003301023"),
        (reply.READ_NEWEST_ADDRESS, "AAAAAA96690003300330"),
        (reply.MODULE_NUMBER, "AAAAAA9669000312FFEE"),
        (reply.set_baud(115200), "AAAAAA96690003600063"),
        (reply.set_baud(57600), "AAAAAA96690003600162"),
        (reply.set_baud(38400), "AAAAAA96690003600261"),
        (reply.set_baud(19200), "AAAAAA96690003600360"),
        (reply.set_baud(9600), "AAAAAA96690003600467"),
        (reply.set_rf_bytes(0x50), "AAAAAA9669000461FF50CA"),
        (frame.reply((0, 0, 0x10)), "AAAAAA9669000400001014"),
        (frame.reply((0, 0, 0x66)), "AAAAAA9669000400006662"),
    ],
)
def test_frames_are_the_published_ones(made: bytes, published: str) -> None:
    assert made.hex().upper() == published


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_simulators_bytes_are_the_published_ones(layout: str) -> None:
    card = from_record(fields_of(layout))
    assert frame.reply((0, 0, reply.OK), reply.card_body(card)) == card_reply(layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_record_survives_its_card(layout: str) -> None:
    card = from_record(fields_of(layout))
    assert from_record(to_record(card)) == card


@pytest.mark.parametrize(
    "change",
    [
        {"sex": "那"},
        {"ethnic": "没有"},
        {"layout": "Q"},
        {"name": None},
        {"name": 5},
        {"photo_base64": "AAAA"},
        {"photo_base64": "!"},
    ],
)
def test_a_record_with_a_wrong_value_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        from_record({**fields_of("resident"), **change})


@pytest.mark.parametrize("birth", ["20260230", "1949123", "一九四九年", "", "１９４９１２３１"])
def test_what_is_no_date_stays_text(birth: str) -> None:
    card = from_record({**fields_of("resident"), "birth": birth})
    assert card.birth is None
    assert card.birth_text == birth


def test_codes_are_known_by_name_and_by_themselves() -> None:
    assert all(sex_code(name) == sex_code(code) == code for code, name in SEXES.items())
    assert all(ethnic_code(name) == ethnic_code(code) == code for code, name in ETHNIC_GROUPS.items())
    assert (sex_code("female"), ethnic_code("壮族"), len(ETHNIC_GROUPS)) == ("2", "08", 58)
