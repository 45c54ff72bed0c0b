"""The packed catalogue: the same bytes for the same content, hashed, and readable without YAML."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seeds.catalogue import Catalogue
from seeds.decision import decide
from seeds.texts import Texts
from seeds.trouble import PackTrouble, SeedTrouble


def test_a_packed_catalogue_is_the_same_catalogue_without_golden_cases(tmp_path: Path) -> None:
    loaded = Catalogue.load()
    sha256 = loaded.pack(tmp_path / "a.pack", Texts.load().words)
    packed = Catalogue.load_packed(tmp_path / "a.pack")
    assert packed.sha256 == sha256
    assert packed.items == tuple(item.model_copy(update={"golden": None}) for item in loaded.items)
    assert dict(Texts.of_pack(packed).words) == dict(Texts.load().words)
    item = loaded.item("pension-qualification")
    assert item.golden is not None
    facts = item.golden.base
    assert decide(packed.item("pension-qualification"), facts) == decide(item, facts)


def test_packing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = Catalogue.load().pack(tmp_path / "a"), Catalogue.load().pack(tmp_path / "b")
    assert first == second
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    Catalogue.load_packed(tmp_path / "a").pack(tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == (tmp_path / "a").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]


def test_loading_a_pack_and_its_texts_imports_no_yaml(tmp_path: Path) -> None:
    Catalogue.load().pack(tmp_path / "a.pack", Texts.load().words)
    code = (
        "import sys; from pathlib import Path; from seeds.catalogue import Catalogue; from seeds.texts import Texts;"
        f"c = Catalogue.load_packed(Path({str(tmp_path / 'a.pack')!r})); t = Texts.of_pack(c, 'zh-Hant');"
        "print(t('item.pension-qualification.name')); assert 'yaml' not in sys.modules; assert c.items"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "養老待遇資格認證"


def test_a_changed_cut_or_foreign_file_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "a.pack"
    Catalogue.load().pack(path)
    good = path.read_bytes()
    for bad in (
        good[:-1],
        good.replace("养老".encode(), "医疗".encode(), 1),
        b"",
        b"zhizhu-catalogue 2 x\n{}",
        good[20:],
    ):
        path.write_bytes(bad)
        with pytest.raises(PackTrouble, match="catalogue pack"):
            Catalogue.load_packed(path)
    with pytest.raises(PackTrouble, match="读不了"):
        Catalogue.load_packed(tmp_path / "none")


def test_a_pack_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(PackTrouble, match="写不了"):
        Catalogue.load().pack(tmp_path / "no" / "a.pack")
    assert not list(tmp_path.iterdir())


def test_a_pack_without_texts_says_so(tmp_path: Path) -> None:
    Catalogue.load().pack(tmp_path / "a")
    with pytest.raises(SeedTrouble, match="没有文字"):
        Texts.of_pack(Catalogue.load_packed(tmp_path / "a"))
