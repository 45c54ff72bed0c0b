"""What a demo leaves behind: nothing where all went well, its logs and nothing else where something failed."""

from __future__ import annotations

import shutil

import pytest

from deploy.demo import Demo
from deploy.face_models import FaceModels


def _ended(*, keep_logs: bool) -> Demo:
    demo = Demo(True, 1, models=FaceModels(None, lambda _: None))
    (demo.logs / "hub.log").write_text("why it failed", encoding="utf-8")
    (demo.root / "hub").mkdir()
    (demo.root / "hub" / "hub.db").write_bytes(b"x")
    demo.close(keep_logs=keep_logs)
    return demo


@pytest.mark.timeout(60)
def test_a_demo_that_failed_before_it_was_up_still_ends_and_keeps_only_its_logs() -> None:
    demo = _ended(keep_logs=True)
    try:
        assert [path.name for path in demo.root.iterdir()] == ["logs"]
        assert (demo.logs / "hub.log").read_text(encoding="utf-8") == "why it failed"
    finally:
        shutil.rmtree(demo.root)


def test_a_demo_that_went_well_leaves_nothing() -> None:
    assert not _ended(keep_logs=False).root.exists()
