"""The signature that a finger drew stands on the sealed paper, and nowhere else in the clear."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from hub.certificates.tables import CertificateEvent, ChainBlock
from hub.hub import Hub
from offline.wire.changes import CaseView
from seeds.certificates import CertificateKinds
from seeds.people import People
from tests.conftest import LogWatch
from tests.hub.attachments.bench import SIGNED, brought, named
from tests.hub.pictured import put
from tests.hub.running import FakeTerminal, HandClock, hub_over
from tests.hub.sealed import INSURED, claim, fetch, make_papers, view, with_seals
from tests.hub.stores import Store

BY_HAND, BY_WITNESS = {"way": "handwritten"}, {"way": "witnessed"}
INK = (0x11, 0x22, 0x33)


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub whose proof of enrolment bears the applicant's signature: as the paper of temporary relief, but by rule."""
    made = with_seals(hub_over(store, clock))
    signed = made.kinds["insurance-enrolment"].model_copy(update={"signature": "check_consent"})
    return replace(made, kinds=CertificateKinds((signed,)))


def page_of(pdf: bytes, folder: Path) -> tuple[str, int]:
    """What stands on the paper, and how much of the signature's ink."""
    (folder / "paper.pdf").write_bytes(pdf)
    asked = ("pdftotext", str(folder / "paper.pdf"), "-")
    text = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True).stdout
    drawing = ("pdftoppm", "-r", "60", "-png", "-singlefile", str(folder / "paper.pdf"), str(folder / "paper"))
    subprocess.run(drawing, timeout=60, check=True)
    with Image.open(folder / "paper.png") as picture:
        colours = picture.convert("RGB").getcolors(1 << 20) or []
    return "".join(text.split()), sum(n for n, colour in colours if colour == INK)


def test_a_drawn_signature_stands_on_the_paper_once_it_has_come_and_neither_in_logs_nor_chain(
    hub: Hub, terminal: FakeTerminal, people: People, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sealed = brought(terminal, SIGNED)
    given = [named(sealed, "signature", "check_consent")]
    claimed = claim(hub, terminal, people["lin-yuelan"], INSURED, attachments=given, signature=BY_HAND)
    assert make_papers(hub) == 1
    (paper,) = view(terminal, claimed).papers
    text, ink = page_of(fetch(terminal, paper), tmp_path)
    assert "申请人签名" in text
    assert ink > 20
    with hub.database.reading() as session:
        rows = (*session.scalars(select(CertificateEvent)), *session.scalars(select(ChainBlock)))
        kept = repr([vars(row) for row in rows])
    assert "500,200" not in kept + caplog.text
    assert "L500 200" not in kept + caplog.text


def test_while_the_signature_is_on_its_way_the_paper_waits_and_its_owner_is_told(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, logs: LogWatch
) -> None:
    logs.expect("waits: signature")
    sealed = brought(terminal, SIGNED)
    given = [named(sealed, "signature", "other")]
    claimed = claim(hub, terminal, people["lin-yuelan"], INSURED, attachments=given, signature=BY_HAND)
    assert make_papers(hub) == 0
    waits: CaseView = view(terminal, claimed)
    assert [paper.state for paper in waits.papers] == ["making"]
    assert any("签名还在送来的路上" in reason.text for reason in waits.reasons)
    assert put(terminal, sealed.sha256, sealed.data).is_success
    clock.turn(3600)
    assert make_papers(hub) == 0, "another signature is not hers to stand there"


def test_who_cannot_sign_has_the_witness_told_in_the_place_of_the_signature(
    hub: Hub, terminal: FakeTerminal, people: People, tmp_path: Path
) -> None:
    claimed = claim(hub, terminal, people["lin-yuelan"], INSURED, signature=BY_WITNESS)
    assert make_papers(hub) == 1
    (paper,) = view(terminal, claimed).papers
    text, ink = page_of(fetch(terminal, paper), tmp_path)
    assert ("由帮办员当面见证" in text, ink) == (True, 0)
