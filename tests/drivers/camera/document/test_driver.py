"""Children that hang, die or talk nonsense: each is ended, replaced at the next call, and told."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from drivers.camera.cv import cv2
from drivers.camera.document import child
from drivers.camera.document.mrz.codec import encode
from drivers.camera.document.mrz.glyphs import glyphs
from drivers.camera.document.mrz.reading import glyphs_of
from drivers.camera.document.opencv import OpencvDocumentCamera
from drivers.camera.document.port import Reason, Refused
from drivers.camera.document.sheets import permit_card, qr_page, text_page
from drivers.camera.document.straighten import Shape
from drivers.camera.document.table import Lying, Table, seen
from drivers.camera.document.wire import HEAD, packed, unpacked
from drivers.camera.source import source_of
from drivers.health import Cause, Health, State
from drivers.trouble import DeviceTrouble, WrongState
from tests.drivers.camera.document.permits import HOME_RETURN

READY = "import sys,time,os; from drivers.camera.document.wire import packed; "
READY += "say = lambda d: (os.write(1, d)); say(packed({'ready': True})); "
# Works like the real child from its second start on.
ONCE = "import os,sys; from pathlib import Path; first = not Path({flag!r}).exists(); Path({flag!r}).touch()\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    frames = tmp_path / "frames"
    frames.mkdir()
    cv2.imwrite(str(frames / "1.png"), np.full((600, 800, 3), 120, np.uint8))
    return frames


def camera(folder: Path, code: str, look_s: float = 20.0) -> OpencvDocumentCamera:
    driver = OpencvDocumentCamera(f"images://{folder}", reader_command=(sys.executable, "-c", code), look_s=look_s)
    driver.open()
    return driver


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("time.sleep(600)", "reader_hung"),
        ("sys.exit(0)", "reader_died"),
        ("sys.stdin.buffer.read(1440050); say(b'x' * 40); time.sleep(600)", "reader_died"),
        ("sys.stdin.buffer.read(1440050); say(packed({})[:-2] + b'[]'); time.sleep(600)", "reader_died"),
    ],
)
def test_a_child_that_fails_is_told_and_replaced(folder: Path, tmp_path: Path, does: str, code: str) -> None:
    first = ONCE.format(flag=str(tmp_path / "once")) + f"if first:\n    exec({READY + does!r})\n"
    first += "from drivers.camera.document.child import serve\nserve(sys.stdin.buffer, sys.stdout.buffer)\n"
    driver = camera(folder, first, look_s=20.0 if code == "reader_died" else 2.0)
    got = driver.page(Shape.a4, 5.0)
    assert isinstance(got, Health)
    assert (got.state, got.cause, got.code) == (State.failed, Cause.us, f"document_camera.{code}")
    assert driver.replaced == 1
    again = driver.page(Shape.a4, 5.0)
    assert isinstance(again, Refused)
    assert again.reason is Reason.no_page
    assert driver.replaced == 1
    driver.close()


@pytest.mark.parametrize("call", ["page", "permit", "codes", "glimpse"])
def test_an_answer_to_another_question_is_never_taken(folder: Path, call: str) -> None:
    driver = camera(folder, READY + "sys.stdin.buffer.read(1440050); say(packed({'other': 1})); time.sleep(600)")
    match call:
        case "page":
            got: object = driver.page(Shape.a4, 5.0)
        case "permit":
            got = driver.permit(5.0)
        case "glimpse":
            got = driver.glimpse(5.0)
        case _:
            got = driver.codes(5.0)
    assert isinstance(got, Health)
    assert got.code == "document_camera.reader_died"
    driver.close()


def test_a_refusal_that_is_not_ours_is_never_taken(folder: Path) -> None:
    driver = camera(folder, READY + "sys.stdin.buffer.read(1440050); say(packed({'refused': 'x'})); time.sleep(600)")
    got = driver.permit(5.0)
    assert isinstance(got, Health)
    assert got.code == "document_camera.reader_died"
    driver.close()


def test_a_missing_font_is_told_to_the_technician(folder: Path) -> None:
    driver = camera(folder, READY + "sys.stdin.buffer.read(1440050); say(packed({'trouble': 'font'})); time.sleep(600)")
    got = driver.permit(5.0)
    assert isinstance(got, Health)
    assert (got.code, got.cause) == ("document_camera.font", Cause.environment)
    driver.close()


def test_a_camera_that_hangs_is_told_as_its_own(folder: Path) -> None:
    silent = "import sys,time; from drivers.camera.wire import HEAD; "
    silent += "sys.stdout.buffer.write(HEAD.pack(b'R',0,0,0,0)); sys.stdout.flush(); time.sleep(600)"
    driver = OpencvDocumentCamera(f"images://{folder}", camera_command=(sys.executable, "-c", silent))
    driver.open()
    got = driver.codes(0.1)
    assert isinstance(got, Health)
    assert got.code == "document_camera.hung"
    assert driver.replaced == 1
    driver.close()


def test_wrong_states_and_links_are_told(folder: Path) -> None:
    driver = OpencvDocumentCamera(f"images://{folder}")
    with pytest.raises(WrongState):
        driver.codes(0.1)
    driver.open()
    driver.close()
    driver.close()
    with pytest.raises(WrongState):
        driver.page(Shape.a4, 0.1)
    with pytest.raises(DeviceTrouble):
        OpencvDocumentCamera("ftp://nowhere")


@pytest.mark.parametrize("link", ["v4l2:///dev/video0?width=9999999", "v4l2:///dev/video0?height=-1", "v4l2://"])
def test_a_size_no_camera_has_is_no_link(link: str) -> None:
    assert source_of(link) is None
    assert source_of("v4l2:///dev/no-such?width=2592&height=1944") is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        HEAD.pack(2**31, 0),
        HEAD.pack(2, 2**31),
        HEAD.pack(2, 0) + b"[]",
        HEAD.pack(3, 0) + b"\xff\xff\xff",
        HEAD.pack(2, 3) + b"{}abc",
        HEAD.pack(14, 3) + b'{"size":[1,2]}'[:14] + b"abc",
        HEAD.pack(12, 3) + b'{"size":"a"}' + b"abc",
        HEAD.pack(10, 3) + b'{"size":1}' + b"abc",
    ],
)
def test_hostile_messages_end_in_one_error(data: bytes) -> None:
    source = io.BytesIO(data)

    def exactly(size: int) -> bytes:
        got = source.read(size)
        if len(got) < size:
            raise EOFError
        return got

    with pytest.raises(EOFError):
        unpacked(exactly)


def test_the_child_answers_until_its_parent_is_gone() -> None:
    picture = np.full((300, 400, 3), 90, np.uint8)
    questions = io.BytesIO(packed({"task": "codes"}, picture) + packed({"task": "page", "shape": "a4"}, picture))
    answers = io.BytesIO()
    child.serve(questions, answers)
    answers.seek(0)
    said = [unpacked(answers.read)[0] for _ in range(3)]
    assert said == [{"ready": True}, {"refused": "no_page"}, {"refused": "no_page"}]
    child.serve(io.BytesIO(packed({"task": "codes"})), answers)


def test_the_child_says_what_it_sees() -> None:
    zone = encode(HOME_RETURN)
    permit = seen(Table((Lying(permit_card(zone)),)))
    said, pixels = child.answer("zone", "", permit)
    assert (said["lines"], pixels) == (zone, None)
    said, pixels = child.answer("page", "card", permit)
    assert said == {}
    assert pixels is not None
    assert pixels.shape == (638, 1011, 3)
    assert child.answer("zone", "", np.full((300, 400, 3), 90, np.uint8)) == ({"refused": Reason.no_page}, None)
    paper = seen(Table((Lying(text_page(), roll_deg=90.0),)))
    assert child.answer("zone", "", paper) == ({"refused": Reason.no_zone}, None)
    assert child.answer("codes", "", paper) == ({"refused": Reason.no_code}, None)
    coded = seen(Table((Lying(qr_page(["a-1"]), roll_deg=90.0),)))
    assert child.answer("codes", "", coded) == ({"texts": ("a-1",)}, None)


def forget_glyphs() -> None:
    """What was drawn with the font is drawn anew."""
    glyphs.cache_clear()
    glyphs_of.cache_clear()


def test_the_child_says_when_its_font_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = seen(Table((Lying(permit_card(encode(HOME_RETURN))),)))
    monkeypatch.setattr("drivers.camera.document.mrz.glyphs.OCR_B", Path("/no/such.otf"))
    forget_glyphs()
    assert child.answer("zone", "", picture) == ({"trouble": "font"}, None)
    monkeypatch.undo()
    forget_glyphs()
