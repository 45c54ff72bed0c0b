"""Sentences by id, in every language, and aloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.catalogue import Catalogue
from seeds.texts import Texts, UnknownText
from seeds.texts.files import read_texts
from seeds.trouble import FileTrouble, SeedTrouble
from seeds.words import LANGUAGES, UNFINISHED, Words

ENTRY = "{zh-Hans: 您好，{name}, zh-Hant: 您好，{name}, en: Hello}"


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


def test_an_items_texts_exist_in_every_language(texts: Texts) -> None:
    items = Catalogue.load().items
    assert items
    for item in items:
        sentences = item.texts()
        assert len(sentences) >= 12
        for text_id, words in sentences.items():
            assert text_id in texts
            for language in LANGUAGES:
                written = words.in_language(language)
                assert written.strip(), f"{text_id} in {language}"
                assert UNFINISHED not in written
            assert not words.in_language("zh-Hans").isascii(), text_id
            assert words.in_language("en").isascii(), text_id
            assert words.for_voice("yue")


def test_a_sentence_is_found_in_its_language_and_aloud(texts: Texts) -> None:
    text_id = "item.pension-qualification.name"
    assert texts(text_id) == "养老待遇资格认证"
    assert texts.in_language("zh-Hant")(text_id) == "養老待遇資格認證"
    assert texts.in_language("en")(text_id) == "Yearly pension check"
    assert texts.spoken(text_id, "yue") == "养老金认证"
    assert texts.spoken("item.pension-qualification.audience", "yue") == "正在领养老金的人"


def test_names_in_braces_are_filled_in(texts: Texts) -> None:
    assert texts("item.pension-qualification.slip.settled.2", next_due="2027-11") == "下次认证：2027-11以前"
    with pytest.raises(UnknownText, match="next_due"):
        texts("item.pension-qualification.slip.settled.2")


def test_a_value_is_never_read_as_a_template(texts: Texts) -> None:
    assert "{next_due}" in texts("item.pension-qualification.slip.settled.2", next_due="{next_due}")


def test_an_unknown_id_or_language_is_an_error(texts: Texts) -> None:
    with pytest.raises(UnknownText, match=r"no\.such"):
        texts("no.such")
    with pytest.raises(SeedTrouble, match="zh-Hant"):
        texts.in_language("fr")


def _file(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_the_same_id_in_two_files_is_an_error_with_its_line(tmp_path: Path) -> None:
    _file(tmp_path, "a.yaml", "home.title: {zh-Hans: 一, zh-Hant: 一, en: One}\n")
    _file(tmp_path, "b.yaml", "# second\nhome.title: {zh-Hans: 二, zh-Hant: 二, en: Two}\n")
    with pytest.raises(FileTrouble, match=r"a\.yaml") as caught:
        read_texts(tmp_path)
    assert caught.value.path.name == "b.yaml"
    assert caught.value.line == 2


def test_the_same_id_twice_in_one_file_is_an_error(tmp_path: Path) -> None:
    _file(tmp_path, "a.yaml", "home.title: {zh-Hans: 一, zh-Hant: 一, en: One}\n" * 2)
    with pytest.raises(FileTrouble, match="写了两次") as caught:
        read_texts(tmp_path)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("home.title: {zh-Hans: 一, en: One}", "zh-Hant"),
        ("home.title: {zh-Hans: 一, zh-Hant: ' ', en: One}", "空白"),
        ("home.title: {zh-Hans: '{name}', zh-Hant: 一, en: One}", "不一致"),
        ("home.title: {zh-Hans: '{name.x}', zh-Hant: '{name.x}', en: '{name.x}'}", "只能写一个名称"),
        ("home.title: {zh-Hans: '{', zh-Hant: '{', en: '{'}", "成对"),
        ("home.title: {zh-Hans: 待填, zh-Hant: 待填, en: x}", "还没有填写"),
        ("title: {zh-Hans: 一, zh-Hant: 一, en: One}", "不是文字编号"),
        ("home.title: 一", "名称: 内容"),
        ("- home.title", "最外层"),
    ],
)
def test_a_broken_entry_is_an_error_that_says_why(tmp_path: Path, entry: str, said: str) -> None:
    _file(tmp_path, "a.yaml", entry + "\n")
    with pytest.raises(FileTrouble, match=said) as caught:
        read_texts(tmp_path)
    assert caught.value.line == 1


def test_a_voice_has_its_own_spoken_form() -> None:
    words = Words.model_validate({"zh-Hans": "写", "zh-Hant": "寫", "en": "w", "spoken": {"yue": "讲"}})
    assert words.for_voice("yue") == "讲"
    assert words.for_voice("cmn") == "写"
