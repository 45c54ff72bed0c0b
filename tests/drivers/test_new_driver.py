"""The guide "A new driver in an hour", followed to the letter in a copy of the tree; what `device new` refuses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from drivers.commands import device
from drivers.registry import KINDS

ROOT: Final = Path(__file__).resolve().parents[2]
BLOCK: Final = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW: Final = re.compile(r'Driver\(\s*"snapshot".*?"not yet",?\s*\)', re.DOTALL)
STEP_S: Final = 280
STAND_LATER: Final = frozenset({"audio"})
"""Kinds whose contract looks at the far end only after the driver has done something: the driver is named first."""


@dataclass(frozen=True)
class Block:
    """One block of the guide: `sh` to be run, `text` to be seen, a whole file or a row of the registry."""

    language: str
    path: str
    content: str


def guide() -> list[Block]:
    """The blocks of the guide, in order."""
    whole = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, found, rest = whole.partition("### A new driver in an hour\n")
    assert found
    section = re.split(r"^#{1,3} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return [Block(*each) for each in BLOCK.findall(section)]


def a_copy(folder: Path) -> Path:
    """The source tree, with what Python has compiled of it, so that no step compiles it anew."""
    for room in ("drivers", "seeds", "tests", "kiosk", "offline", "hub", "deploy"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("actual"))
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, folder / name)
    if (known := ROOT / ".mypy_cache").is_dir():  # what was checked here once is not checked again
        shutil.copytree(known, folder / known.name)
    return folder


class Follower:
    """Somebody who reads the guide and does what it says."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.said = ""

    def run(self, block: Block) -> int:
        """Every line of the block, until one does not go well."""
        binaries = Path(sys.executable).parent
        environment = {
            **os.environ,
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.tree),
        }
        done = subprocess.run(
            ["sh", "-e", "-c", block.content],
            cwd=self.tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=STEP_S,
            check=False,
        )
        self.said = done.stdout + done.stderr
        return done.returncode

    def write(self, block: Block) -> None:
        """The file, or the row in the place of the one that was there."""
        path = self.tree / block.path
        assert path.is_file(), f"{block.path} should have been written by the first step"
        if block.path != "drivers/registry.py":
            path.write_text(block.content, encoding="utf-8")
            return
        before = path.read_text(encoding="utf-8")
        assert len(ROW.findall(before)) == 1
        path.write_text(ROW.sub(lambda _: block.content.strip(), before), encoding="utf-8")


@pytest.mark.night
@pytest.mark.timeout(4 * STEP_S)
def test_the_guide_leads_to_a_driver_that_keeps_the_contract(tmp_path: Path) -> None:
    follower = Follower(a_copy(tmp_path))
    blocks = guide()
    assert [block.language for block in blocks] == ["sh", "sh", "text", "python", "python", "python", "sh"]
    begin, see, missing, driver, other_end, row, end = blocks

    assert follower.run(begin) == 0, follower.said
    assert "Success: no issues found" in follower.said
    assert follower.run(see) == 1, follower.said
    for line in missing.content.splitlines():
        assert f"NotImplementedError: {line}" in follower.said
    short = follower.said[follower.said.index("short test summary info") :]
    assert "ERROR" not in short, "the contract fails, the test file itself must not"
    assert "ImportError" not in follower.said

    for block in (driver, other_end, row):
        follower.write(block)
    assert follower.run(end) == 0, follower.said
    assert re.search(r"camera +snapshot +JPEG over HTTP +simulator only", follower.said)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_copy(tmp_path_factory.mktemp("tree"))


def new(tree: Path, kind: str, name: str) -> str:
    done = CliRunner().invoke(device, ["new", kind, name, "--root", str(tree)])
    assert done.exit_code in (0, 1), done.output
    return done.output


def test_every_kind_has_a_skeleton_that_type_checks_and_fails_only_where_it_is_to_be_filled_in(tree: Path) -> None:
    names = [new(tree, kind, "some-model").splitlines() for kind in KINDS]
    written = [name for each in names for name in each if name.endswith(".py")]
    assert {f"tests/drivers/{kind}/test_some_model.py" for kind in KINDS} <= set(written)
    follower = Follower(tree)
    files = " ".join(sorted(set(written)))
    assert follower.run(Block("sh", "", f"ruff format -q {files}; ruff check -q {files}; mypy {files}")) == 0, (
        follower.said
    )
    tests = " ".join(name for name in written if name.startswith("tests/"))
    assert follower.run(Block("sh", "", f"pytest -q --tb=line {tests}")) == 1
    for kind in KINDS:
        assert re.search(rf"\bdrivers/{kind}/some_model.py: fill in \w+", follower.said)
        far_end = f"tests/drivers/{kind}/test_some_model.py"
        where = (tree / far_end).read_text(encoding="utf-8") if kind in STAND_LATER else follower.said
        assert f"{far_end}: fill in " in where
    assert "ImportError" not in follower.said


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("camera", "opencv", "已经有了"),
        ("camera", "../../etc", "不能作驱动的名字"),
        ("camera", "Class", "不能作驱动的名字"),
        ("camera", "class", "不能作驱动的名字"),
        ("camera", "1st", "不能作驱动的名字"),
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_is_written(tree: Path, kind: str, name: str, told: str) -> None:
    before = {path: path.read_bytes() for path in (tree / "drivers").rglob("*.py")}
    assert told in new(tree, kind, name)
    assert {path: path.read_bytes() for path in (tree / "drivers").rglob("*.py")} == before


def test_a_folder_that_is_no_source_tree_is_told(tmp_path: Path) -> None:
    assert "请在项目的源码目录里运行" in new(tmp_path, "camera", "snapshot")


def test_a_kind_without_port_or_contract_is_told(tmp_path: Path) -> None:
    (tmp_path / "drivers" / "camera").mkdir(parents=True)
    (tmp_path / "tests" / "drivers" / "camera").mkdir(parents=True)
    port = tmp_path / "drivers" / "camera" / "port.py"
    port.write_text("from typing import Protocol\n\n\nclass Lens(Protocol):\n    pass\n", encoding="utf-8")
    assert "没有设备接口" in new(tmp_path, "camera", "snapshot")
    shutil.copy(ROOT / "drivers" / "camera" / "port.py", port)
    (tmp_path / "tests" / "drivers" / "camera" / "contract.py").write_text("X = 1\n", encoding="utf-8")
    assert "没有契约测试" in new(tmp_path, "camera", "snapshot")
