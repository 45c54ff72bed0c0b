"""`zhizhu catalogue`, as a person types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seeds.catalogue.files import DEFAULTS_FILE, item_paths
from seeds.commands import catalogue
from seeds.places import CATALOGUE


def _run(*words: str | Path) -> Result:
    return CliRunner().invoke(catalogue, [str(word) for word in words])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A catalogue of two departments: what is done to it here concerns no other."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    shutil.copyfile(CATALOGUE / DEFAULTS_FILE, folder / DEFAULTS_FILE)
    for department in ("human_resources", "village_affairs"):
        shutil.copytree(CATALOGUE / department, folder / department)
    return folder


def test_the_catalogue_is_well() -> None:
    done = _run("check", "--json")
    seen = json.loads(done.stdout)
    assert done.exit_code == 0, seen["troubles"]
    assert seen["ok"]
    assert seen["items"] >= 1
    assert seen["golden_cases"] >= 30


def test_list_and_show_tell_people_and_programs() -> None:
    assert "养老待遇资格认证" in _run("list").stdout
    rows = json.loads(_run("list", "--json", "--region", "440981102999").stdout)
    assert "pension-qualification" in {row["id"] for row in rows}
    assert json.loads(_run("list", "--json", "--region", "11").stdout) == []
    assert "same_person" in _run("show", "pension_qualification").stdout
    assert json.loads(_run("show", "pension-qualification", "--json").stdout)["offline"]["mode"] == "kept"


def test_an_unknown_item_gives_one_sentence_and_what_to_do() -> None:
    done = _run("show", "no-such")
    assert done.exit_code == 1
    assert "没有事项 no-such" in done.stderr
    assert "catalogue list" in done.stderr
    assert "Traceback" not in done.output


def test_broken_yaml_gives_file_line_and_what_to_do(copy: Path) -> None:
    path = copy / "human_resources" / "pension_qualification.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[9] = "summary: {zh-Hans: [破"
    path.write_text("\n".join(lines), encoding="utf-8")
    for words in (("check", "--from", copy), ("list", "--from", copy), ("pack", copy / "x", "--from", copy)):
        done = _run(*words)
        assert done.exit_code == 1
        assert "pension_qualification.yaml:1" in done.output
        assert "请照提示改正" in done.output
        assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: domain-facts", "id: hearsay", "来源“hearsay”"),
        ('within: ["44"]', 'within: ["99"]', "没有区划 99"),
        ("cel: person.alive &&", "cel: person.alive && (", "“alive”的 CEL"),
        ('["receiving", "suspended"]', '["receiving"]', "规则答 manual"),
        ('"441900998999"}, outcome: approve', '"441900998999"}, outcome: manual', "规则答 approve"),
    ],
)
def test_what_only_the_whole_shows_is_found(copy: Path, old: str, new: str, said: str) -> None:
    path = copy / "human_resources" / "pension_qualification.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = _run("check", "--from", copy)
    assert done.exit_code == 1
    assert said in done.stdout


def test_a_new_item_is_found_unfinished_in_the_right_places(copy: Path) -> None:
    made = _run("new", "medical/card_query", "--from", copy)
    assert made.exit_code == 0
    path = copy / "medical" / "card_query.yaml"
    assert path.exists()
    done = _run("check", "--from", copy, "--json")
    assert done.exit_code == 1
    troubles = json.loads(done.stdout)["troubles"]
    told = {(Path(trouble["path"]).name, trouble["line"]) for trouble in troubles}
    marked = {
        (file.name, n)
        for file in (path, path.with_name("department.yaml"))
        for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if "待填" in line and not line.startswith("#")
    }
    assert len(marked) > 20
    assert told == marked
    assert all("还没有填写" in trouble["sentence"] for trouble in troubles)


def test_a_finished_item_needs_no_python(copy: Path, tmp_path: Path) -> None:
    _run("new", "medical/card_query", "--from", copy)
    path = copy / "medical" / "card_query.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("pinyin: 待填", "pinyin: yi bao").replace(
        "scheme: 待填, basic: 待填", 'scheme: invented, basic: "440020999002"'
    )
    text = text.replace("{id: 待填, at: 待填}", "{id: invented, at: all}").replace("id_number: 待填", 'id_number: "1"')
    text = text.replace("en: 待填", "en: Words").replace("待填", "医保卡")
    path.write_text(text, encoding="utf-8")
    department = path.with_name("department.yaml")
    department.write_text(department.read_text(encoding="utf-8").replace("待填", "医保"), encoding="utf-8")
    done = _run("check", "--from", copy)
    assert done.exit_code == 0, done.stdout
    packed = tmp_path / "catalogue.pack"
    answer = json.loads(_run("pack", packed, "--from", copy, "--json").stdout)
    assert answer["items"] == len(list(item_paths(copy)))
    assert "card-query" in _run("show", "card-query", "--packed", packed).stdout


def test_an_item_that_is_there_is_not_written_over(copy: Path) -> None:
    done = _run("new", "human_resources/pension_qualification", "--from", copy)
    assert done.exit_code == 1
    assert "已经有了" in done.stderr


@pytest.mark.parametrize("place", ["nothing", "a/b/c", "/x"])
def test_a_wrong_place_for_a_new_item_is_wrong_use(copy: Path, place: str) -> None:
    assert _run("new", place, "--from", copy).exit_code == 2


def test_a_pack_that_was_changed_is_told_in_one_sentence(tmp_path: Path) -> None:
    packed = tmp_path / "c.pack"
    assert _run("pack", packed).exit_code == 0
    packed.write_bytes(packed.read_bytes()[:-1])
    done = _run("list", "--packed", packed)
    assert done.exit_code == 1
    assert "校验值不符" in done.stderr


@pytest.mark.parametrize("command", [(), ("check",), ("list",), ("show",), ("new",), ("pack",)])
def test_help_speaks_chinese_and_english(command: tuple[str, ...]) -> None:
    done = _run(*command, "--help")
    assert done.exit_code == 0
    assert not done.stdout.isascii()
    assert "catalogue" in done.stdout.lower()
