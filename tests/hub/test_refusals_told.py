"""What is false, over, or was there before is refused, and whoever brings it is told why in plain words.

A paper is brought to the village clerk's desk, scanned with a phone, and put before `pdfsig`; a voucher to a bank; a
notice of payment to the hub; and a clerk gives money back for the second time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.certificates.seals import end_seal
from hub.hub import Hub
from hub.payments.channel import Notice
from hub.payments.tables import PaymentRefund
from hub.staff import add_staff
from hub.tables import Case
from offline.wire.canonical import b64
from seeds.people import People
from tests.hub.payments.till import FEE_FEN, Till
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock
from tests.hub.sealed import COUNTY_SEAL, issued, page, pdfsig, with_seals
from tests.hub.test_vouchers import ask, grant

Brought = Callable[[bytes], str]


@pytest.fixture
def clerk(hub: Hub, clock: HandClock) -> str:
    """A clerk of the county."""
    add_staff(hub.database, clock, "xianli", "clerk", f"{VILLAGE[:6]}000000", PASSWORD)
    return "xianli"


@pytest.fixture
def brought(url: str, clerk: str) -> Brought:
    """What the desk's page says of a paper that somebody brings."""

    def check(pdf: bytes) -> str:
        with signed_in(url, clerk) as desk:
            form = {"csrf": csrf_of(desk.get("/desk/seals"))}
            return desk.post("/desk/seals/check", data=form, files={"paper": ("a.pdf", pdf, "application/pdf")}).text

    return check


@pytest.fixture
def till(hub: Hub, url: str, terminal: FakeTerminal, people: People) -> Till:
    """Where what costs something is filed and paid."""
    return Till(hub, url, terminal, people)


def test_a_signed_paper_changed_by_one_byte(
    hub: Hub, terminal: FakeTerminal, people: People, brought: Brought, tmp_path: Path
) -> None:
    _, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    assert "这张证照是真的" in brought(pdf)
    told = pdfsig(hub, pdf, tmp_path)
    assert ("Signature is Valid" in told, "Certificate is Trusted" in told) == (True, True), told
    spoilt = bytearray(pdf)
    spoilt[pdf.index(b"/MediaBox") + 2] ^= 1
    assert "被改动过" in brought(bytes(spoilt))
    assert "Digest Mismatch" in pdfsig(hub, bytes(spoilt), tmp_path)


def test_a_paper_whose_seal_was_revoked(
    hub: Hub,
    terminal: FakeTerminal,
    url: str,
    people: People,
    clock: HandClock,
    brought: Brought,
    tmp_path: Path,
) -> None:
    paper, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    clock.at = datetime.now(UTC)  # a list of revoked seals is only worth something on its days, for pdfsig as well
    before = LINE.get(f"{url}/verify/seals.crl").content
    assert "Certificate is Trusted" in pdfsig(hub, pdf, tmp_path, before)
    end_seal(hub, COUNTY_SEAL, "revoked", "admin", "章遗失")
    assert "印章已经撤销" in brought(pdf)
    assert "印章已经撤销" in page(url, paper.id).text
    clock.turn(1)
    after = LINE.get(f"{url}/verify/seals.crl").content
    told = pdfsig(hub, pdf, tmp_path, after)
    assert ("Certificate has been Revoked" in told, "Certificate is Trusted" in told) == (True, False), told


def test_a_paper_past_its_day(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock, brought: Brought
) -> None:
    paper, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    clock.turn(91 * 86_400)
    # Whether a paper still counts is no matter of its signature: what pdfsig would say of that has not changed.
    assert "过了有效期" in page(url, paper.id).text
    assert "过了有效期" in brought(pdf)


def test_a_forged_voucher(hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock) -> None:
    add_staff(hub.database, clock, "yinhang", "operator", "440000000000", PASSWORD)
    _, token = grant(hub, terminal, people)
    version, said, signature = token.split(".")
    for forged in (f"{version}.{said[:-2]}AA.{signature}", f"{version}.{said}.{signature[:-4]}AAAA"):
        reply = ask(hub, url, forged, ["months"])
        assert (reply.status_code, "假的" in reply.json()["detail"]) == (403, True), reply.text
        form = {"reader": "demo-rural-bank", "voucher": forged}
        with signed_in(url, "yinhang") as teller:
            form["csrf"] = csrf_of(teller.get("/sandbox/bank"))
            assert "这份授权凭证是假的" in teller.post("/sandbox/bank", data=form).text
    assert ask(hub, url, token, ["months"]).status_code == 200


def test_a_replayed_notice_of_payment(till: Till, clock: HandClock) -> None:
    mine, hers = till.file(), till.file(payee="lin-yuelan")
    till.phone(mine)
    said = {
        "id": "0123456789abcdef",
        "number": till.order(mine).number,
        "trade": "YS1",
        "amount_fen": FEE_FEN,
        "at": clock(),
        "sent_at": clock(),
    }
    right = Notice.model_validate(said)
    assert [till.notify(right).json()["result"] for _ in range(3)] == ["taken", "known", "known"]
    # turned to somebody else's order it has lost its signature …
    turned = Notice.model_validate(said | {"number": till.order(hers).number})
    forged = till.notify(turned, b64(bytes(64)))
    assert (forged.status_code, "签名不对" in forged.json()["detail"]) == (403, True)
    # … and told anew after days it is told to be old
    clock.turn(8 * 86_400)
    old = till.notify(right)
    assert (old.status_code, "重放" in old.json()["detail"]) == (409, True), old.text
    assert (till.order(mine).state, till.order(hers).received_fen) == ("paid", 0)


def test_a_second_refund(till: Till, clerk: str) -> None:
    filed = till.file()
    path = till.pay(filed)
    till.work()
    with till.hub.database.reading() as session:
        number = session.scalars(select(Case.number)).one()
    with signed_in(till.url, clerk) as desk:
        form = {"reason": "群众在别处交过", "csrf": csrf_of(desk.get(f"/desk/cases/{number}"))}
        desk.post(f"/desk/cases/{number}/refund", data=form)
        till.work()
        assert "不能再退一次" in desk.post(f"/desk/cases/{number}/refund", data=form).text
    assert "已经退" in till.page(path), till.page(path)
    with till.hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PaymentRefund)) == 1
