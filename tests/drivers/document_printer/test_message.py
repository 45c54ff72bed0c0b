"""IPP messages: examples from the standard, every message there and back, and anything at all without harm."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.document_printer.message import (
    BOOLEAN,
    COLLECTION,
    DATE_TIME,
    DEPTH_MAX,
    END_COLLECTION,
    ENUM,
    INTEGER,
    JOB,
    KEYWORD,
    MEMBER_NAME,
    NAME,
    NAME_IN_LANGUAGE,
    OPERATION,
    PRINTER,
    RANGE,
    RESOLUTION,
    TEXT,
    VALUES_MAX,
    Attribute,
    Collection,
    Group,
    Message,
    NotIpp,
    Range,
    Value,
    Worded,
    decode,
    encode,
)

# A Print-Job request as RFC 8010 appendix A.1 lays it out: five attributes, an end and a document.
PRINT_JOB = (
    bytes.fromhex("0101000200000001")
    + b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8"
    + b"\x48\x00\x1battributes-natural-language\x00\x05en-us"
    + b"\x45\x00\x0bprinter-uri\x00\x2cipp://printer.example.com/ipp/print/pinetree"
    + b"\x42\x00\x08job-name\x00\x06foobar"
    + b"\x22\x00\x16ipp-attribute-fidelity\x00\x01\x01"
    + b"\x02\x21\x00\x06copies\x00\x04\x00\x00\x00\x14"
    + b"\x44\x00\x05sides\x00\x13two-sided-long-edge\x03%!PDF"
)

int32 = st.integers(-(2**31), 2**31 - 1)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=30)
plain_values = st.one_of(
    st.builds(Value, st.sampled_from([INTEGER, ENUM]), int32),
    st.builds(Value, st.just(BOOLEAN), st.booleans()),
    st.builds(Value, st.sampled_from([TEXT, NAME, KEYWORD]), words),
    st.builds(Value, st.just(RANGE), st.builds(Range, int32, int32)),
    st.builds(Value, st.just(NAME_IN_LANGUAGE), st.builds(Worded, words, words)),
    st.builds(Value, st.just(DATE_TIME), st.binary(min_size=11, max_size=11)),
    st.builds(Value, st.just(RESOLUTION), st.binary(min_size=9, max_size=9)),
)


def attributes(values: st.SearchStrategy[Value]) -> st.SearchStrategy[tuple[Attribute, ...]]:
    one = st.builds(Attribute, names, st.lists(values, min_size=1, max_size=3).map(tuple))
    return st.lists(one, max_size=4).map(tuple)


values = st.recursive(
    plain_values, lambda inner: st.builds(Value, st.just(COLLECTION), attributes(inner).map(Collection)), max_leaves=8
)
groups = st.builds(Group, st.sampled_from([OPERATION, JOB, PRINTER, 0x05, 0x0F]), attributes(values))
messages = st.builds(
    Message,
    code=st.integers(0, 0xFFFF),
    request_id=st.integers(0, 2**32 - 1),
    groups=st.lists(groups, max_size=4).map(tuple),
    data=st.binary(max_size=50),
    version=st.tuples(st.integers(0, 255), st.integers(0, 255)),
)


def test_the_standards_own_example_is_read_and_written() -> None:
    message = decode(PRINT_JOB)
    assert (message.code, message.request_id, message.version, message.data) == (2, 1, (1, 1), b"%!PDF")
    assert message.group(OPERATION).word("job-name") == "foobar"
    assert message.group(OPERATION).flag("ipp-attribute-fidelity") is True
    assert message.group(JOB).number("copies") == 20
    assert message.group(JOB).words("sides") == ("two-sided-long-edge",)
    assert encode(message) == PRINT_JOB


@given(messages)
def test_every_message_comes_back(message: Message) -> None:
    assert decode(encode(message)) == message


@given(st.binary(max_size=200))
@example(PRINT_JOB[:-6])
@example(bytes.fromhex("0101000000000001") + b"\x01" + b"\x44\x00\x00\x00\x00\x03")
def test_any_bytes_are_a_message_or_not_ipp(untrusted: bytes) -> None:
    try:
        message = decode(untrusted)
    except NotIpp:
        return
    assert decode(encode(message)) == message or "�" in str(message)


@given(messages, st.data())
def test_a_message_cut_short_is_never_something_else_than_not_ipp(message: Message, data: st.DataObject) -> None:
    whole = encode(Message(message.code, message.request_id, message.groups))
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(NotIpp):
        decode(cut)


def wrapped(body: bytes) -> bytes:
    return bytes.fromhex("0101000000000001") + body + b"\x03"


def field(tag: int, name: bytes, content: bytes) -> bytes:
    return bytes([tag]) + len(name).to_bytes(2, "big") + name + len(content).to_bytes(2, "big") + content


@pytest.mark.parametrize(
    "body",
    [
        b"\x00",
        b"\x44\x00\x00\x00\x00",
        b"\x01" + field(KEYWORD, b"", b"alone"),
        b"\x01" + field(COLLECTION, b"media-col", b"") + field(MEMBER_NAME, b"", b"size"),
        b"\x01" + field(COLLECTION, b"media-col", b"") + field(INTEGER, b"", b"\0\0\0\1"),
        b"\x01"
        + field(COLLECTION, b"media-col", b"")
        + field(MEMBER_NAME, b"", b"size")
        + field(END_COLLECTION, b"", b""),
        b"\x01"
        + field(COLLECTION, b"a", b"")
        + (field(MEMBER_NAME, b"", b"b") + field(COLLECTION, b"", b"")) * DEPTH_MAX
        + field(MEMBER_NAME, b"", b"b")
        + field(INTEGER, b"", b"\0\0\0\1")
        + field(END_COLLECTION, b"", b"") * (DEPTH_MAX + 1),
        b"\x01" + field(KEYWORD, b"a", b"b") + field(KEYWORD, b"", b"c") * VALUES_MAX,
    ],
    ids=("group 0", "no group", "nameless", "unclosed", "unnamed member", "empty member", "too deep", "too many"),
)
def test_what_breaks_the_rules_or_the_bounds_is_not_ipp(body: bytes) -> None:
    with pytest.raises(NotIpp):
        decode(wrapped(body))


def test_a_sloppy_value_is_kept_as_its_bytes_and_hides_nothing() -> None:
    sloppy = (
        b"\x04" + field(INTEGER, b"pages-per-minute", b"\x01") + field(NAME_IN_LANGUAGE, b"printer-name", b"\0\x05en")
    )
    group = decode(wrapped(sloppy + field(ENUM, b"printer-state", b"\0\0\0\3"))).group(PRINTER)
    assert group.contents("pages-per-minute") == (b"\x01",)
    assert group.numbers("pages-per-minute") == ()
    assert group.words("printer-name") == ()
    assert group.number("printer-state") == 3
    assert group.word("printer-info") is None


def test_a_name_in_another_code_page_is_read_with_its_odd_characters_replaced() -> None:
    named = b"\x04" + field(NAME, b"printer-name", "打印机".encode("gb18030"))
    assert "�" in (decode(wrapped(named)).group(PRINTER).word("printer-name") or "")


@pytest.mark.parametrize("values", [(), (Value(TEXT, "x" * 70_000),)], ids=("none", "too long"))
def test_an_attribute_that_cannot_be_written_is_the_callers_mistake(values: tuple[Value, ...]) -> None:
    with pytest.raises(ValueError, match="value"):
        encode(Message(0, 1, (Group(OPERATION, (Attribute("a", values),)),)))
