"""One run of a program, and the stand-ins as the programs they stand in for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.audio.program import Program
from drivers.audio.simulated import stand_in
from drivers.audio.simulator import SimulatedAudio
from drivers.simulation import Simulation


def test_a_program_that_says_nothing_more_and_does_not_end_is_ended() -> None:
    ended = Program(("/bin/sh", "-c", "exec 0<&- 1>&- 2>&-; exec sleep 600"), {}).run(b"", 0, 30.0)
    assert not ended.well
    assert not ended.late


def test_what_a_program_gives_and_complains_of_is_bounded() -> None:
    loud = "head -c 100000 /dev/zero; head -c 100000 /dev/zero | tr '\\0' x >&2"
    ended = Program(("/bin/sh", "-c", loud), {}).run(b"", 1000, 30.0)
    assert (len(ended.given), len(ended.complaint)) == (1000, 4096)
    assert ended.well


def test_a_program_that_does_not_read_is_late() -> None:
    ended = Program(("/bin/sh", "-c", "exec sleep 600"), {}).run(bytes(1_000_000), 0, 0.3)
    assert ended.late
    assert ended.taken < 1_000_000


@pytest.fixture
def device() -> Iterator[SimulatedAudio]:
    device = SimulatedAudio()
    with Simulation(device).start():
        yield device


def where(device: SimulatedAudio) -> str:
    return str(Path(device.link.partition("programs=")[2]) / "socket")


@pytest.fixture
def samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """What the stand-in finds on its input."""
    data = b"\1\2" * 5000
    (tmp_path / "samples").write_bytes(data)
    with (tmp_path / "samples").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        yield data


def test_the_stand_in_plays_from_its_input(device: SimulatedAudio, samples: bytes) -> None:
    assert stand_in.main("aplay", ["-"], where(device)) == 0
    assert device.played == samples


def test_the_stand_in_records_to_its_output(device: SimulatedAudio, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert stand_in.main("arecord", ["-r", "16000", "--samples=1600"], where(device)) == 0
    assert len(capsysbinary.readouterr().out) == 3200


def test_the_stand_in_complains_as_the_real_one_does(
    device: SimulatedAudio, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    device.fault("unplugged")
    assert stand_in.main("aplay", ["-"], where(device)) == 1
    # said by the aplay of alsa-utils 1.2.8 where there is no card
    assert capsysbinary.readouterr().err == b"aplay: main:831: audio open error: No such file or directory\n"


@pytest.mark.usefixtures("samples")
def test_the_stand_in_of_a_card_that_fails_midway_is_no_success(device: SimulatedAudio) -> None:
    device.fault("breaks_midway")
    assert stand_in.main("aplay", ["-"], where(device)) == 1
