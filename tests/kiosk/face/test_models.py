"""Finding, checking and installing models, with small files in place of weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from kiosk.face.check import FaceCheck
from kiosk.face.commands import models
from kiosk.face.manifest import BUILT_IN, Manifest
from kiosk.face.models import Missing, find_models
from kiosk.face.result import Reason, Unavailable
from kiosk.face.wlt import WltDecoder


def _folder(place: Path) -> Path:
    """A folder with a manifest and two files that agree with it."""
    place.mkdir()
    manifest = yaml.safe_load((BUILT_IN / "sface.yaml").read_text("utf-8"))
    manifest["id"] = "small"
    for part in ("detector", "embedding"):
        data = part.encode()
        (place / f"{part}.onnx").write_bytes(data)
        manifest[part] = {
            "file": f"{part}.onnx",
            "sha256": hashlib.sha256(data).hexdigest(),
            "licence": "invented",
        }
    (place / "small.yaml").write_text(yaml.safe_dump(manifest), "utf-8")
    return place


def test_the_documented_manifest_is_sface_at_its_threshold() -> None:
    manifest = Manifest.load(BUILT_IN / "sface.yaml")
    assert manifest.threshold == 0.363
    assert manifest.embedding.sha256.startswith("0ba9fbfa01b5270c")


def test_without_models_the_check_is_unavailable(tmp_path: Path) -> None:
    found = find_models(tmp_path, {})
    assert isinstance(found, Missing)
    check = FaceCheck(found, WltDecoder(None))
    assert check.available() == Unavailable(Reason.no_models)
    assert check.begin(bytes(1024), 0.0) == Unavailable(Reason.no_models)


def test_a_changed_file_is_not_loaded(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "m")
    (folder / "detector.onnx").write_bytes(b"something else")
    found = find_models(folder, {})
    assert isinstance(found, Missing)
    assert found.reason is Reason.bad_models


def test_install_copies_and_list_shows_them_intact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIZHU_MODELS", raising=False)
    source, into = _folder(tmp_path / "m"), tmp_path / "installed"
    monkeypatch.setenv("ZHIZHU_MANIFEST", str(source / "small.yaml"))
    done = CliRunner().invoke(models, ["install", "--from", str(source), "--dir", str(into)])
    assert done.exit_code == 0, done.output
    assert (into / "embedding.onnx").read_bytes() == b"embedding"
    shown = CliRunner().invoke(models, ["list", "--dir", str(into), "--json"])
    assert shown.exit_code == 0, shown.output
    assert '"ready": true' in shown.output


def test_install_refuses_a_changed_file_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, into = _folder(tmp_path / "m"), tmp_path / "installed"
    monkeypatch.setenv("ZHIZHU_MANIFEST", str(source / "small.yaml"))
    (source / "detector.onnx").write_bytes(b"something else")
    done = CliRunner().invoke(models, ["install", "--from", str(source), "--dir", str(into)])
    assert done.exit_code == 1
    assert "SHA-256" in done.output
    assert not list(into.iterdir())


def test_list_without_models_ends_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIZHU_MODELS", raising=False)
    monkeypatch.delenv("ZHIZHU_MANIFEST", raising=False)
    assert CliRunner().invoke(models, ["list", "--dir", str(tmp_path)]).exit_code == 1
