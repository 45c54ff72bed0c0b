"""`zhizhu device read id-card` on a real terminal, fed by the player."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from drivers.commands import device
from tests.deploy.nursery import Nursery
from tests.drivers.id_card.player import (
    BYTE_S_AT_9600,
    FOUND,
    LAYOUTS,
    PHOTO,
    SELECTED,
    PtyPlayer,
    Script,
    card_reply,
    each_byte,
    fields_of,
    status,
)

ROOT: Final = Path(__file__).resolve().parents[3]
PATIENCE_S: Final = 60


Zhizhu = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def zhizhu() -> Iterator[Zhizhu]:
    """`zhizhu device read …` in a process of its own, born of one that has imported what it needs."""
    warm = Nursery("deploy.command", "drivers.commands", "drivers.id_card.sam", "drivers.id_card.sam_link")
    yield lambda *words: warm.run("device", "read", *words)
    warm.close()


def cold(*words: str) -> subprocess.CompletedProcess[str]:
    """The same, started as a technician starts it."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.command", "device", "read", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def assert_every_field(done: subprocess.CompletedProcess[str], layout: str) -> None:
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert base64.b64decode(record.pop("photo_base64")) == PHOTO
    assert record.pop("module_number") == "05.03-20250101-0001234567-0007654321"
    assert record == fields_of(layout)
    assert done.stderr == "请取回身份证。\n"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_field_is_printed(zhizhu: Zhizhu, layout: str) -> None:
    garbage = bytes.fromhex("00FFAAAAAA966955")
    script = Script(find=(garbage + FOUND,), select=(garbage, SELECTED), read=(garbage, card_reply(layout)))
    with PtyPlayer(script) as player:
        assert_every_field(zhizhu("id-card", "--link", player.link, "--json"), layout)


def test_every_field_is_printed_at_9600_baud() -> None:
    script = Script(find=each_byte(FOUND), select=each_byte(SELECTED), read=each_byte(card_reply("resident")))
    with PtyPlayer(script, piece_s=BYTE_S_AT_9600) as player:
        assert_every_field(cold("id_card", "--link", f"serial://{player.link}?baud=9600", "--json"), "resident")


def test_a_card_is_also_told_in_plain_lines(zhizhu: Zhizhu) -> None:
    script = Script()
    script.lay("J")
    with PtyPlayer(script) as player:
        done = zhizhu("id-card", "--link", player.link)
    assert "name: 李四\n" in done.stdout
    assert "module_number: 05.03-20250101-0001234567-0007654321\n" in done.stdout
    assert done.stderr == "请取回身份证。\n"


def test_a_fault_is_told_in_one_sentence_and_as_json(zhizhu: Zhizhu) -> None:
    script = Script()
    script.lay("resident")
    script.read = (status(0x41),)
    with PtyPlayer(script) as player:
        done = zhizhu("id-card", "--link", player.link, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["fault"] == {"code": "id_card.read_failed", "sw": "000041"}
    assert told["health"]["cause"] == "person"
    assert done.stderr.startswith("Error: 读卡失败（SW 41）")
    assert done.stderr.endswith("请取回身份证。\n")


def test_no_card_is_told_after_the_wait(zhizhu: Zhizhu) -> None:
    script = Script()
    script.lift()
    with PtyPlayer(script) as player:
        done = zhizhu("id-card", "--link", player.link, "--wait", "0")
    assert done.returncode == 1
    assert done.stderr == "Error: 等了 0 秒没有卡。请把身份证平放在读卡区，再试一次。\n"


def test_a_silent_reader_is_not_taken_for_an_empty_one(zhizhu: Zhizhu) -> None:
    with PtyPlayer(Script(find=(), status=())) as player:
        done = zhizhu("id-card", "--link", player.link, "--wait", "0")
    assert done.returncode == 1
    assert done.stderr == "Error: 阅读器没有回答。请检查电源、连接线和波特率。\n"


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("/dev/ttyUSB97", "没有找到设备接口"),
        ("/etc/hostname", "不是设备接口"),
        ("/dev/null", "打不开设备接口"),
        ("nonsense", "看不懂设备链接"),
        ("serial:///dev/pts/0?baud=fast", "看不懂设备链接"),
        ("ftp://somewhere", "看不懂设备链接"),
        ("socket://127.0.0.1:1", "连不上"),
        ("socket://127.0.0.1", "连不上"),
        ("", "看不懂设备链接"),
    ],
)
def test_a_wrong_link_is_one_sentence_and_what_to_do(zhizhu: Zhizhu, link: str, sentence: str) -> None:
    done = zhizhu("id-card", "--link", link, "--json")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert sentence in done.stderr
    assert "请" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("layout", LAYOUTS[:1])
def test_a_card_is_read_in_this_process_too(layout: str) -> None:
    with PtyPlayer(Script(find=(FOUND,), select=(SELECTED,), read=(card_reply(layout),))) as player:
        done = CliRunner().invoke(device, ["read", "id-card", "--link", player.link, "--json"])
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert {name: record[name] for name in fields_of(layout)} == fields_of(layout)


def test_a_card_that_does_not_come_or_cannot_be_read_is_told_in_this_process_too() -> None:
    for script, told in (
        (Script(find=(status(0x80),)), "请把身份证平放在读卡区"),
        (Script(find=(FOUND,), select=(SELECTED,), read=(status(0x41),)), "请取回身份证"),
    ):
        with PtyPlayer(script) as player:
            done = CliRunner().invoke(device, ["read", "id-card", "--link", player.link, "--wait", "1"])
        assert done.exit_code == 1
        assert told in done.output
