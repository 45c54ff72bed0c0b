"""The mains fail while a key moves into the TPM: at every moment one is left that opens, and in the end only one."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Final, NoReturn

import pytest

from deploy.power_cut.cuts import lay_out
from deploy.power_cut.disk import Disk
from deploy.power_cut.record import Call, What
from offline.key_chest import KeyChest
from offline.keys import DATABASE_KEY, FOLDER, settle_keys
from offline.trouble import KeyTrouble
from tests.deploy.leak_search import files_of
from tests.power_cut.key_mover import MOVED, PaperSealer
from tests.power_cut.lives import recorded

CUTS_EACH: Final = 6


@pytest.mark.parametrize("words", [(), ("INTERRUPTED",)])
def test_a_key_on_its_way_into_the_tpm_can_be_opened_whenever_the_mains_fail(
    tmp_path: Path, after: Path, seed: int, words: tuple[str, ...]
) -> None:
    record = recorded(tmp_path, "tests.power_cut.key_mover", *words)
    states, wrong = _cut_everywhere(record, after, Random(seed))
    print(f"{states} states after {len(record)} calls")
    assert wrong == []
    assert [call.what for call in record].count(What.ACKNOWLEDGED) == 2


def test_without_flushes_the_same_cuts_do_lose_the_key(tmp_path: Path, after: Path, seed: int) -> None:
    _, wrong = _cut_everywhere(recorded(tmp_path, "tests.power_cut.key_mover", "CARELESS"), after, Random(seed))
    assert any("lost" in each for each in wrong)


def _cut_everywhere(record: tuple[Call, ...], place: Path, chance: Random) -> tuple[int, list[str]]:
    disk, states, wrong = Disk(), 0, list[str]()
    for n, call in enumerate(record):
        disk.follow(call)
        for _ in range(CUTS_EACH):
            state_dir = place / "state"
            lay_out(disk.cut(chance), state_dir)
            wrong += [f"after call {n}: {each}" for each in _look(state_dir, disk.acknowledged)]
            states += 1
            shutil.rmtree(state_dir)
    return states, wrong


def _look(state_dir: Path, told: list[str]) -> list[str]:
    """Before anything was told there need be no key; afterwards the same one, also after the move went on."""
    if not told:
        return []
    key, chest, wrong = bytes.fromhex(told[0]), KeyChest(state_dir / FOLDER, PaperSealer), list[str]()
    if MOVED in told and any(key in path.read_bytes() for path in files_of(state_dir)):
        wrong.append("the key still lies in a file")
    for when in ("at once", "after the move went on"):
        try:
            if chest.take(DATABASE_KEY, _none) != key:
                wrong.append(f"another key, {when}")
            settle_keys(state_dir, "paper", PaperSealer)
        except (KeyTrouble, KeyGone) as trouble:
            return [*wrong, f"lost, {when}: {trouble}"]
    if any(key in path.read_bytes() for path in files_of(state_dir)):
        wrong.append("the key lies in a file after the move went on")
    return wrong


class KeyGone(Exception):
    """A new one would have been made."""


def _none() -> NoReturn:
    raise KeyGone
