"""A living head passes the turns and the card; paper, recordings and swapped heads do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.camera.scene import Replay, Scene, picture_of
from kiosk.face.result import FaceProgress, Failed, Passed, Reason, Turn
from tests.kiosk.face.people import Actor, acted, begin, head, new_check, paper, play, portrait

pytestmark = pytest.mark.models


@pytest.mark.parametrize("seed", [1, 2])
def test_a_living_head_passes_its_own_card(seed: int) -> None:
    check = new_check(seed)
    begin(check, "a1")
    result = play(check, acted(check, lambda _, yaw: head("a1", yaw)))
    assert isinstance(result, Passed), result
    assert result.score > 0.6
    assert set(result.turns) == {Turn.left, Turn.right}
    assert not result.sandbox


def test_a_living_head_passes_with_a_card_of_another_day() -> None:
    check = new_check()
    begin(check, "a2")
    assert isinstance(play(check, acted(check, lambda _, yaw: head("a1", yaw))), Passed)


def test_a_living_head_does_not_pass_with_another_ones_card() -> None:
    check = new_check()
    begin(check, "b1")
    assert play(check, acted(check, lambda _, yaw: head("a1", yaw))) == Failed(Reason.no_match)


def _moved(actor: Actor, yaw: float) -> Scene:
    return paper("a1", shift_x=yaw / 150, shift_y=abs(yaw) / 300)


def _tilted(actor: Actor, yaw: float) -> Scene:
    return paper("a1", yaw_deg=yaw)


def _nodded(actor: Actor, yaw: float) -> Scene:
    return paper("a1", pitch_deg=yaw)


def _leaned(actor: Actor, yaw: float) -> Scene:
    return paper("a1", roll_deg=yaw / 2)


def _zoomed(actor: Actor, yaw: float) -> Scene:
    return paper("a1", zoom=1 + yaw / 90)


@pytest.mark.parametrize("hold", [_moved, _tilted, _nodded, _leaned, _zoomed], ids=lambda f: f.__name__)
def test_a_flat_print_does_not_pass(hold: object) -> None:
    assert callable(hold)
    check = new_check()
    begin(check, "a1")
    assert not isinstance(play(check, acted(check, hold)), Passed)


def test_a_print_that_stays_still_runs_out_of_time() -> None:
    check = new_check()
    begin(check, "a1")
    assert play(check, (paper("a1") for _ in range(90))) == Failed(Reason.timeout)


def test_a_replayed_recording_of_another_sequence_does_not_pass() -> None:
    recorded = new_check(1)
    begin(recorded, "a1")
    film: list[Scene] = []

    def kept(scenes: Iterator[Scene]) -> Iterator[Scene]:
        for scene in scenes:
            film.append(scene)
            yield scene

    first = play(recorded, kept(acted(recorded, lambda _, yaw: head("a1", yaw))))
    assert isinstance(first, Passed)
    pixels = tuple(picture_of(scene, n) for n, scene in enumerate(film))
    tried = 0
    for seed in range(2, 20):
        check = new_check(seed)
        begin(check, "a1")
        if Actor(check).plan().turns == first.turns or tried == 2:
            continue
        tried += 1
        again = play(check, (Scene(Replay((each,))) for each in pixels * 2))
        assert again in (Failed(Reason.wrong_turn), Failed(Reason.timeout)), again
    assert tried == 2


def test_a_second_persons_head_swapped_in_for_the_turns_does_not_pass() -> None:
    check = new_check()
    begin(check, "a1")
    swapped = acted(check, lambda actor, yaw: paper("a1") if actor.index() < 0 else head("b1", yaw))
    assert play(check, swapped) == Failed(Reason.other_face)


def test_a_second_persons_head_swapped_in_only_while_turned_does_not_pass() -> None:
    check = new_check()
    begin(check, "a1")
    swapped = acted(check, lambda _, yaw: head("b1", yaw) if abs(yaw) > 10 else head("a1", 0))
    assert play(check, swapped) == Failed(Reason.other_face)


def test_a_head_that_turns_the_other_way_is_told_so() -> None:
    check = new_check()
    begin(check, "a1")
    assert play(check, acted(check, lambda _, yaw: head("a1", -yaw))) == Failed(Reason.wrong_turn)


def test_a_head_that_leaves_half_way_ends_the_check() -> None:
    check = new_check()
    begin(check, "a1")
    left = acted(check, lambda actor, yaw: Scene() if actor.index() >= 1 else head("a1", yaw))
    assert play(check, left) == Failed(Reason.no_face)


@pytest.mark.parametrize(
    ("scene", "reason"),
    [
        (Scene, Reason.no_face),
        (lambda: Scene(head("a1", 0).subject, light=0.2), Reason.too_dark),
        (lambda: paper("a1", zoom=0.25), Reason.too_small),
        (lambda: head("a2", 0), Reason.not_frontal),
    ],
    ids=["empty", "dark", "far", "turned away"],
)
def test_a_frame_that_is_not_good_enough_says_what_to_change(scene: object, reason: Reason) -> None:
    assert callable(scene)
    check = new_check()
    begin(check, "a1")
    said = play(check, (scene() for _ in range(3)))
    assert isinstance(said, FaceProgress)
    assert said.prompt == reason.text
    assert said.preview is not None
    assert len(said.preview.rgb) == said.preview.width * said.preview.height * 3
    assert portrait("a1").ndim == 3
