"""A demo's face models, fetched from a local server that stands for their address."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from deploy.demo import free_port
from deploy.face_models import FaceModels, folder_of
from kiosk.face.manifest import BUILT_IN

WITHIN_S = 20.0


class Address:
    """Serves files by name; `hang` makes it send half of one and then nothing."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.hang = threading.Event()
        self.let_go = threading.Event()
        address = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.lstrip("/")
                address.asked.append(name)
                data = address.files.get(name)
                self.send_response(404 if data is None else 200)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                if address.hang.is_set():
                    self.wfile.write((data or b"")[:1])
                    self.wfile.flush()
                    address.let_go.wait(WITHIN_S)
                self.wfile.write((data or b"")[1 if address.hang.is_set() else 0 :])

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def address() -> Iterator[Address]:
    """The models' address."""
    made = Address()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.let_go.set()
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is asked directly, whatever proxy stands in the environment."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def manifest_at(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The documented manifest with small files in place of weights; the files by name."""
    manifest = yaml.safe_load((BUILT_IN / "sface.yaml").read_text("utf-8"))
    files = {"detector.onnx": b"detector", "embedding.onnx": b"embedding"}
    for name, data in files.items():
        manifest[name.removesuffix(".onnx")] = {
            "file": name,
            "sha256": hashlib.sha256(data).hexdigest(),
            "licence": "invented",
            "url": f"{url}/{name}",
        }
    path = folder / "manifest.yaml"
    path.write_text(yaml.safe_dump(manifest), "utf-8")
    monkeypatch.setenv("ZHIZHU_MANIFEST", str(path))
    return files


def test_missing_models_are_fetched_and_told_in_one_line_and_found_the_next_time(
    address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address.files = manifest_at(address.url, tmp_path, monkeypatch)
    for expected in ("下一位居民起可刷脸", "已装好"):
        told: list[str] = []
        models = FaceModels(tmp_path / "models", told.append)
        models.start()
        assert models.wait(WITHIN_S)
        models.close()
        (line,) = told
        assert expected in line
    assert (tmp_path / "models" / "embedding.onnx").read_bytes() == b"embedding"
    assert address.asked == ["detector.onnx", "embedding.onnx"]


def test_what_does_not_agree_with_the_manifest_is_not_installed(
    address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address.files = manifest_at(address.url, tmp_path, monkeypatch) | {"embedding.onnx": b"another"}
    told: list[str] = []
    models = FaceModels(tmp_path / "models", told.append)
    models.start()
    assert models.wait(WITHIN_S)
    (line,) = told
    assert "SHA-256" in line
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["detector.onnx"]


def test_an_address_out_of_reach_is_one_line_and_the_other_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest_at(f"http://127.0.0.1:{free_port()}", tmp_path, monkeypatch)
    told: list[str] = []
    models = FaceModels(tmp_path / "models", told.append)
    models.start()
    assert models.wait(WITHIN_S)
    (line,) = told
    assert "见证" in line
    assert "Traceback" not in line
    assert list((tmp_path / "models").iterdir()) == []


def test_a_demo_that_ends_does_not_wait_for_a_slow_address_nor_leave_half_a_file(
    address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address.files = manifest_at(address.url, tmp_path, monkeypatch)
    address.hang.set()
    told: list[str] = []
    models = FaceModels(tmp_path / "models", told.append)
    models.start()  # returns though nothing comes
    assert told == []
    models.close()
    address.let_go.set()
    assert models.wait(WITHIN_S)
    assert told == []
    assert list((tmp_path / "models").iterdir()) == []


def test_none_wanted_is_said_and_nothing_is_asked(tmp_path: Path) -> None:
    told: list[str] = []
    models = FaceModels(folder_of({"ZHIZHU_MODELS": ""}), told.append)
    models.start()
    models.close()
    (line,) = told
    assert "不用" in line
    assert folder_of({"XDG_CACHE_HOME": str(tmp_path), "ZHIZHU_MODELS": str(tmp_path)}) == tmp_path


def test_a_manifest_that_cannot_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("[", "utf-8")
    monkeypatch.setenv("ZHIZHU_MANIFEST", str(bad))
    told: list[str] = []
    FaceModels(tmp_path, told.append).start()
    (line,) = told
    assert "读不懂" in line
