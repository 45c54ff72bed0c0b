"""Keys in a real TPM (swtpm): sealed, moved, opened again, and what is said when the TPM has lost them."""

from __future__ import annotations

import secrets
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from offline import tpm as tpm_module
from offline.key_chest import KeyChest
from offline.keys import AUTO, DATABASE_KEY, FOLDER, OFF, SIGNING_KEY, database_key, resting, settle_keys, signing_key
from offline.store import TerminalStore, TerminalView
from offline.tpm import Tpm, TpmAway, TpmForgot
from offline.trouble import KeyTrouble
from tests.conftest import LogWatch
from tests.offline.ground import APPLIED, ITEM, HubKeys, enrol
from tests.offline.software_tpm import SoftwareTpm, software_tpm

NOWHERE = "swtpm:host=127.0.0.1,port=1"


@pytest.fixture(scope="module")
def tpm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftwareTpm]:
    """One TPM for all: it remembers nothing that matters."""
    with software_tpm(tmp_path_factory.mktemp("tpm")) as running:
        yield running


def test_a_secret_comes_back_from_the_tpm_that_sealed_it_and_from_no_other(tpm: SoftwareTpm, tmp_path: Path) -> None:
    secret = secrets.token_bytes(32)
    sealed = [Tpm(tpm.tcti).seal(secret) for _ in range(4)]  # more than a TPM has room for at once
    assert {Tpm(tpm.tcti).unseal(each) for each in sealed} == {secret}
    assert all(secret not in each for each in sealed)
    with software_tpm(tmp_path / "other") as other, pytest.raises(TpmForgot) as lost:
        Tpm(other.tcti).unseal(sealed[0])
    assert "主板换了" in lost.value.sentence
    assert "重新登记" in lost.value.advice


def test_a_tpm_that_was_cleared_is_told_from_one_that_does_not_answer(tmp_path: Path) -> None:
    with software_tpm(tmp_path) as own:
        sealed = Tpm(own.tcti).seal(bytes(32))
        own.clear()
        with pytest.raises(TpmForgot):
            Tpm(own.tcti).unseal(sealed)
    with pytest.raises(TpmAway) as away:
        Tpm(own.tcti).unseal(sealed)
    assert not isinstance(away.value, TpmForgot)
    assert "tss" in away.value.advice


def test_the_same_tpm_opens_it_after_it_was_switched_off_and_on(tmp_path: Path) -> None:
    with software_tpm(tmp_path) as before:
        sealed = Tpm(before.tcti).seal(b"k" * 32)
    with software_tpm(tmp_path) as after:
        assert Tpm(after.tcti).unseal(sealed) == b"k" * 32


def test_new_keys_are_made_in_the_tpm_and_never_lie_in_a_file(tpm: SoftwareTpm, tmp_path: Path) -> None:
    settle_keys(tmp_path, tpm.tcti)
    database, signing = database_key(tmp_path), signing_key(tmp_path)
    assert (len(database), len(signing)) == (32, 32)
    assert [one.tcti for one in resting(tmp_path)] == [tpm.tcti] * 2
    names = {path.name: path for path in (tmp_path / FOLDER).iterdir()}
    assert set(names) == {f"{DATABASE_KEY}.tpm", f"{SIGNING_KEY}.tpm", ".moving"}
    for path in names.values():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not any(key in path.read_bytes() for key in (database, signing))
    settle_keys(tmp_path, tpm.tcti)
    assert (database_key(tmp_path), signing_key(tmp_path)) == (database, signing)


def test_a_terminals_keys_move_in_and_what_it_kept_is_read_as_before(tpm: SoftwareTpm, tmp_path: Path) -> None:
    enrol(tmp_path, HubKeys())
    with closing(TerminalStore.open(tmp_path)) as store:
        kept = store.keep(APPLIED, {"item": ITEM})
    keys = database_key(tmp_path), signing_key(tmp_path)
    assert [one.tcti for one in resting(tmp_path)] == [None, None]
    settle_keys(tmp_path, tpm.tcti)
    assert [one.tcti for one in resting(tmp_path)] == [tpm.tcti] * 2
    assert not (tmp_path / FOLDER / DATABASE_KEY).exists()
    assert (database_key(tmp_path), signing_key(tmp_path)) == keys
    with closing(TerminalView.open(tmp_path)) as view:
        assert view.head().seq == kept.seq


def test_a_tpm_that_lost_the_key_is_said_and_nothing_is_made_anew(tpm: SoftwareTpm, tmp_path: Path) -> None:
    state_dir = tmp_path / "state"
    with software_tpm(tmp_path / "old") as old:
        settle_keys(state_dir, old.tcti)
        enrol(state_dir, HubKeys())
        before = (state_dir / FOLDER / f"{DATABASE_KEY}.tpm").read_bytes()
        old.clear()
        with pytest.raises(TpmForgot):
            KeyChest(state_dir / FOLDER).take(DATABASE_KEY, lambda: bytes(32))
        settle_keys(state_dir, old.tcti)
    assert (state_dir / FOLDER / f"{DATABASE_KEY}.tpm").read_bytes() == before
    assert [one.tcti for one in resting(state_dir)] == [old.tcti] * 2


def test_without_a_tpm_the_keys_stay_in_files_unless_one_is_demanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logs: LogWatch
) -> None:
    logs.expect("the keys stay where they are")
    key = database_key(tmp_path)
    for wanted in (OFF, AUTO):
        settle_keys(tmp_path, wanted)
        assert [one.tcti for one in resting(tmp_path)] == [None]
    with pytest.raises(TpmAway):
        settle_keys(tmp_path, NOWHERE)
    monkeypatch.setenv("TPM2TOOLS_TCTI", NOWHERE)  # there is one, and it does not answer
    settle_keys(tmp_path, AUTO)
    assert database_key(tmp_path) == key


def test_a_tpm_that_hangs_is_given_up_and_one_without_programs_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    hangs = programs / "tpm2_createprimary"
    hangs.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
    hangs.chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}:/bin:/usr/bin")
    with pytest.raises(TpmAway, match="没有做完"):
        Tpm(NOWHERE, deadline_s=0.2).seal(bytes(32))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TpmAway, match="没有程序 tpm2_createprimary"):
        Tpm(NOWHERE).seal(bytes(32))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"version": 1}', b'{"version": 1, "public": "x"}'])
def test_a_damaged_sealed_key_is_said_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    path = folder / f"{DATABASE_KEY}.tpm"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(KeyTrouble, match="损坏"):
        database_key(tmp_path)
    assert path.read_bytes() == content


def test_the_devices_own_name_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TPM2TOOLS_TCTI", raising=False)
    assert Tpm().tcti == tpm_module.DEFAULT_TCTI == "device:/dev/tpmrm0"
