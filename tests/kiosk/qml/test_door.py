"""The test door over its real socket, into the real screen."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from kiosk.testdoor.hands import Hands
from kiosk.testdoor.question import WrongQuestion, parsed
from kiosk.testdoor.records import DoorRecords
from kiosk.testdoor.server import TestDoor
from kiosk.viewmodels.delivery import Delivery
from tests.kiosk.qml.booth import Booth


def ask(booth: Booth, path: Path, *lines: bytes) -> list[dict[str, object]]:
    """Talks from another thread while the screen's thread goes on with its events."""
    delivery = Delivery()
    hands = Hands(booth.eyes, booth.terminal.told)
    door = TestDoor(path / "door.sock", hands.answer, delivery.deliver, DoorRecords(path).answer)
    answers: list[dict[str, object]] = []

    def talk() -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(10)
            line.connect(str(path / "door.sock"))
            with line.makefile("rwb") as file:
                for each in lines:
                    file.write(each + b"\n")
                    file.flush()
                    answers.append(json.loads(file.readline()))

    thread = threading.Thread(target=talk)
    thread.start()
    while thread.is_alive():
        QCoreApplication.processEvents()
    door.close()
    assert not (path / "door.sock").exists()
    return answers


def test_the_door_sees_touches_and_pictures(booth: Booth, tmp_path: Path) -> None:
    booth.show("attract")
    picture = tmp_path / "home.png"
    tapped, seen, grabbed = ask(
        booth,
        tmp_path,
        json.dumps({"do": "tap", "what": "wake"}).encode(),
        b'{"do": "screen"}',
        json.dumps({"do": "grab", "path": str(picture)}).encode(),
    )
    assert tapped["ok"]
    assert seen["screen"] == "home"
    assert seen["enrolled"] is False
    assert seen["touches"] == 1
    assert isinstance(seen["items"], list)
    assert "您想办什么事？" in [item["text"] for item in seen["items"]]
    assert grabbed["ok"]
    assert picture.read_bytes()[16:24] == (1080).to_bytes(4, "big") + (1920).to_bytes(4, "big")


def test_what_cannot_be_touched_is_refused_with_a_reason(booth: Booth, tmp_path: Path) -> None:
    booth.show("home")
    (refused,) = ask(booth, tmp_path, '{"do": "tap", "what": "没有这个"}'.encode())
    assert refused["ok"] is False
    assert "没有这个" in str(refused["error"])


def test_a_code_is_typed_key_by_key(booth: Booth, tmp_path: Path) -> None:
    booth.show("typing_number")
    typed, seen = ask(booth, tmp_path, b'{"do": "type", "text": "12-3"}', b'{"do": "screen"}')
    assert typed["ok"]
    assert "440981 1954 123" in json.dumps(seen, ensure_ascii=False)


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"do": "burn"}', b'{"do": "tap"}', b'{"do": "tap", "what": 3}'])
def test_a_line_that_is_no_question_is_refused(line: bytes) -> None:
    with pytest.raises(WrongQuestion):
        parsed(line)
