"""Commands, answers and records of a social-security card; hostile bytes end in one typed error."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.social_card import apdu
from drivers.social_card.apdu import BadResponse, Response
from drivers.social_card.chip import Chip
from drivers.social_card.pcsc import reader_of
from drivers.social_card.port import SocialCard, masked
from drivers.social_card.record import (
    ITEMS,
    NAME_MORE,
    BadRecord,
    Item,
    encode,
    from_record,
    is_full,
    parse,
    to_record,
)
from tests.drivers.social_card.people import BARE, ZHANG


def _well(_: str) -> bool:
    """No fault is there."""
    return False


BY_FIELD: Final = {item.field: item for item in ITEMS}


@pytest.mark.parametrize(
    ("command", "published"),
    [
        (apdu.select_application(), "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"),
        (apdu.select_file(0xEF06), "00A4020002EF06"),
        (apdu.read_record(0x08, 0x14), "00B2080014"),
        (apdu.get_response(256), "00C0000000"),
        (apdu.with_length(apdu.read_record(0x07, 0x0B), 0x20), "00B2070020"),
    ],
)
def test_commands_are_the_published_ones(command: bytes, published: str) -> None:
    assert command == bytes.fromhex(published)


def test_every_record_is_asked_for_with_its_published_length() -> None:
    lengths = {item.tag: item.record_bytes for item in ITEMS}
    published = {0x01: 0x12, 0x05: 6, 0x06: 6, 0x07: 11, 0x08: 20, 0x09: 32, 0x0A: 3, 0x0B: 3, 0x0C: 5, 0x0D: 6}
    assert lengths | published == lengths


@pytest.mark.parametrize("raw", ["", "90", "0000", "9F", "A000", "6000", "7000", "8FFF", "00" * 257 + "9000"])
def test_what_no_card_answers_is_a_bad_response(raw: str) -> None:
    with pytest.raises(BadResponse):
        apdu.parse(bytes.fromhex(raw))


@given(data=st.binary(max_size=256), sw=st.sampled_from([0x9000, 0x6110, 0x6C20, 0x6A82, 0x6FFF, 0x9303]))
def test_an_answer_is_its_data_and_its_status(data: bytes, sw: int) -> None:
    response = apdu.parse(data + sw.to_bytes(2, "big"))
    assert response == Response(data, sw)
    assert (response.more, response.length) == (0x10 if sw == 0x6110 else None, 0x20 if sw == 0x6C20 else None)
    assert repr(response) == f"<Response {len(data)} bytes, SW {sw:04X}>"


@pytest.mark.parametrize(
    ("sw", "name"),
    [
        (0x6A82, "wrong_card"),
        (0x6A83, "record_missing"),
        (0x6982, "security"),
        (0x6700, "our_command"),
        (0x6283, "card_locked"),
        (0x6581, "card_fault"),
        (0x6123, "unknown_status"),
        (0x6999, "unknown_status"),
    ],
)
def test_a_status_has_its_meaning(sw: int, name: str) -> None:
    assert Response(b"", sw).name == name
    assert name in apdu.STATUS_NAMES


@given(data=st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_one_typed_error(data: bytes) -> None:
    try:
        assert apdu.parse(data).data == data[:-2]
    except BadResponse:
        return


@given(item=st.sampled_from([*ITEMS, NAME_MORE]), data=st.binary(max_size=60), honest=st.booleans())
def test_any_bytes_are_a_record_or_one_typed_error(item: Item, data: bytes, honest: bool) -> None:
    try:
        value = parse(item, bytes([item.tag, len(data)]) + data if honest else data)
    except BadRecord:
        return
    assert len(value) <= 2 * item.size
    assert all(char >= " " for char in value)


DIGITS: Final = st.text("0123456789", min_size=8, max_size=8).filter(lambda text: set(text) != {"0"})


@given(name=st.text("张李王欧阳娜仁其其格", min_size=1, max_size=15), date_text=DIGITS, sex=st.sampled_from("129"))
def test_a_value_is_read_back_from_its_record(name: str, date_text: str, sex: str) -> None:
    for field, value in (("name", name), ("birth_text", date_text), ("sex_code", sex), ("card_number", "Z00042A78")):
        item = BY_FIELD[field]
        assert parse(item, encode(item, value)) == value
    assert is_full(BY_FIELD["name"], encode(BY_FIELD["name"], name)) is (len(name) == 15)


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("sex_code", "01", "1"),
        ("sex_code", "31", "1"),
        ("sex_code", "00", ""),
        ("ethnic_code", "01", "01"),
        ("birthplace", "4413FF", "4413"),
        ("birthplace", "000000", ""),
        ("birth_text", "FFFFFFFF", ""),
        ("card_id", "FF" * 16, ""),
        ("name", "D5C5C8FD" + "20" * 26, "张三"),
        ("name", "D5C5C8FD", "张三"),
    ],
)
def test_what_issuers_write_is_understood(field: str, value: str, text: str) -> None:
    item = BY_FIELD[field]
    raw = bytes.fromhex(value)
    assert parse(item, bytes([item.tag, len(raw)]) + raw) == text


@pytest.mark.parametrize(
    ("field", "record"),
    [
        ("name", ""),
        ("name", "09"),
        ("name", "0802D5C5"),
        ("name", "0903D5C5"),
        ("name", "0900"),
        ("name", "09" + "1F" + "41" * 31),
        ("name", "0902D5FF00"),
        ("name", "0901D5"),
        ("name", "09020741"),
        ("birth_text", "0D041A000000"),
        ("birth_text", "0D0412F40000"),
    ],
)
def test_a_record_that_lies_is_a_bad_record(field: str, record: str) -> None:
    with pytest.raises(BadRecord):
        parse(BY_FIELD[field], bytes.fromhex(record))


def test_a_value_too_long_for_its_record_is_refused() -> None:
    with pytest.raises(ValueError):
        encode(BY_FIELD["name"], "长" * 16)


def test_a_card_is_given_and_taken_as_plain_values() -> None:
    record = to_record(ZHANG)
    assert (record["sex"], record["ethnic"], record["birth"]) == ("男", "汉", "1949-12-31")
    assert from_record(record) == ZHANG
    assert ZHANG.birth == date(1949, 12, 31)
    assert to_record(BARE)["birth"] is None


@pytest.mark.parametrize("text", ["", "1949123", "19491341", "ABCDEFGH"])
def test_a_birth_that_is_no_date_is_none(text: str) -> None:
    assert SocialCard(card_number="1", id_number="2", name="3", birth_text=text).birth is None


@pytest.mark.parametrize("record", [{}, {**to_record(ZHANG), "name": ""}, {**to_record(ZHANG), "issued": 2020}])
def test_values_no_card_can_have_are_told(record: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        from_record(record)


def test_a_card_in_a_log_line_shows_the_end_of_its_number_only() -> None:
    assert repr(ZHANG) == f"{ZHANG}" == "<SocialCard *******78>"
    assert masked("1234") == "****"


@pytest.mark.parametrize(
    ("link", "reader"),
    [("pcsc://0", 0), ("pcsc://ACS%20ACR38U%20%5BA%5D%2000%2000", "ACS ACR38U [A] 00 00"), ("pcsc://²", "²")],
)
def test_a_link_names_a_reader(link: str, reader: int | str) -> None:
    assert reader_of(link) == reader


@pytest.mark.parametrize("link", ["", "pcsc://", "pcsc:0", "usb://0", "pcsc://%20"])
def test_another_link_names_none(link: str) -> None:
    with pytest.raises(ValueError):
        reader_of(link)


@pytest.mark.parametrize(
    ("command", "sw"),
    [
        ("", 0x6E00),
        ("00A4", 0x6700),
        ("80A4040000", 0x6E00),
        ("00A4040001FF", 0x6A82),
        ("00A4020002EF05", 0x6A82),
        ("00B2070000", 0x6A83),
        ("00C0000010", 0x6985),
        ("0084000008", 0x6D00),
    ],
)
def test_the_simulated_chip_refuses_as_the_standard_says(command: str, sw: int) -> None:
    chip = Chip(ZHANG, _well)
    assert chip.answer(bytes.fromhex(command)) == sw.to_bytes(2, "big")


def test_a_simulated_chip_forgets_at_reset() -> None:
    chip = Chip(ZHANG, _well)
    chip.answer(apdu.select_application())
    assert chip.answer(apdu.select_file(0xEF05)) == b"\x90\x00"
    chip.reset()
    assert chip.answer(apdu.select_file(0xEF05)) == b"\x6a\x82"


@given(command=st.binary(max_size=40))
def test_a_simulated_chip_answers_anything(command: bytes) -> None:
    assert apdu.parse(Chip(ZHANG, _well).answer(command)).sw
