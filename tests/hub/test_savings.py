"""四免: what a case spared is counted from what is in it, never claimed."""

from __future__ import annotations

from hub.certificates.changes import act_on
from hub.certificates.held import held_titles
from hub.hub import Hub
from hub.savings import saved
from seeds.catalogue import Catalogue
from seeds.people import People
from tests.hub.running import FakeTerminal
from tests.hub.sealed import claim, make_papers, view, with_seals
from tests.words import WORDS

PENSION = Catalogue.load().item("pension-qualification")
CARD: dict[str, object] = {"applicant": {"name": "林月兰", "id_number": "440999195403129024", "birth": "1954-03-12"}}


def test_fields_count_where_they_came_from_the_card_and_papers_where_a_certificate_stood_in() -> None:
    papers: dict[str, object] = {
        "documents": [{"id": "a", "from": "certificate"}, {"id": "b", "from": "scan"}, "?", {"id": "c"}]
    }
    told = saved(PENSION, CARD | papers, "card_face", sealed=True, texts=WORDS)
    assert told is not None
    assert (told.documents, told.fields, told.seal, told.signature) == (1, 3, True, True)
    assert told.text == "这件事替您省了：交 1 份材料、填 3 项内容、跑一趟盖章、手写签名。"


def test_nothing_is_counted_that_was_typed_signed_or_is_not_there() -> None:
    assert saved(PENSION, CARD, "typed_witnessed", sealed=False, texts=WORDS) is None
    later = saved(PENSION, {"applicant": {"name": "林月兰"}}, "card_later_check", sealed=False, texts=WORDS)
    assert later is not None
    assert (later.fields, later.signature, later.text) == (1, False, "这件事替您省了：填 1 项内容。")
    signed = saved(PENSION, CARD | {"signature": "x"}, "card_witnessed", sealed=False, texts=WORDS)
    assert signed is not None
    assert not signed.signature
    assert saved(PENSION, {"documents": "x", "applicant": 1}, "typed_witnessed", sealed=False, texts=WORDS) is None


def test_the_line_comes_with_the_answer_and_names_the_seal_once_there_is_one(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    claimed = claim(with_seals(hub), terminal, people["lin-yuelan"])
    before = view(terminal, claimed).saved
    assert before is not None
    assert (before.seal, before.signature) == (False, True)
    make_papers(hub)
    after = view(terminal, claimed).saved
    assert after is not None
    assert (after.seal, "盖章" in after.text) == (True, True)
    person, (paper,) = people["lin-yuelan"], view(terminal, claimed).papers
    with hub.database.reading() as session:
        assert held_titles(session, hub, person.id_number) == ("社会保险参保证明",)
        assert held_titles(session, hub, people["chen-deshui"].id_number) == ()
    act_on(hub, paper.id, "suspended", "admin", "核对中")
    with hub.database.reading() as session:
        assert held_titles(session, hub, person.id_number) == ()
