"""From application to sealed paper over real HTTP; what is wrong with a paper is found and said."""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp  # type: ignore[import-untyped]
from sqlalchemy import select

from hub.certificates.changes import ChangeTrouble, act_on, order_change
from hub.certificates.issuers import issuers, make_issuers, open_key
from hub.certificates.sealing import SealInHand, seal_paper
from hub.certificates.seals import end_seal
from hub.certificates.tables import Certificate, CertificateEvent, CertificateJob, Seal, SealUse
from hub.certificates.time_stamps import AskedStamper, SandboxTimeStamps
from hub.certificates.trouble import StampTrouble
from hub.certificates.trust import read_trust, signed_trust, trust_list, trust_now
from hub.certificates.verification import Word, identifier_in, judge
from hub.hub import Hub
from hub.settings import HubSettings
from offline.wire.trouble import MalformedRecord
from seeds.identifiers import certificate_ok
from seeds.people import People
from seeds.texts import Texts
from tests.conftest import LogWatch
from tests.hub.running import FakeTerminal, HandClock, hub_over, serving
from tests.hub.sealed import COUNTY_SEAL, ROOT, claim, fetch, issued, make_papers, page, pdfsig, view, with_seals
from tests.hub.stores import Store, both_stores


def word(hub: Hub, pdf: bytes) -> Word:
    """What the hub's own check says."""
    with hub.database.reading() as session:
        return judge(pdf, trust_now(session, hub, identifier_in(pdf)), hub.clock()).word


def test_an_approval_becomes_a_sealed_paper_that_pdfsig_and_a_phone_believe(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, tmp_path: Path
) -> None:
    with_seals(hub)
    claimed = claim(hub, terminal, people["lin-yuelan"])
    before = view(terminal, claimed)
    assert (before.state, [paper.state for paper in before.papers]) == ("approved", ["making"])
    assert make_papers(hub) == 1
    (paper,) = view(terminal, claimed).papers
    assert (paper.state, paper.title, certificate_ok(paper.id)) == ("ready", "社会保险参保证明", True)
    pdf = fetch(terminal, paper)
    assert hashlib.sha256(pdf).hexdigest() == paper.document_sha256
    told = pdfsig(hub, pdf, tmp_path)
    assert "Signature is Valid" in told, told
    assert "Certificate is Trusted" in told, told
    assert "Total document signed" in told, told
    assert "ETSI.CAdES.detached" in told, told
    assert word(hub, pdf) is Word.GENUINE
    phone = page(url, paper.id)
    assert (phone.status_code, "这张证照是真的" in phone.text) == (200, True)
    assert "云链校验通过，第 1 块" in phone.text
    person = people["lin-yuelan"]
    assert person.name not in phone.text
    assert person.id_number not in phone.text
    with hub.database.reading() as session:
        row = session.scalars(select(Certificate)).one()
        use = session.scalars(select(SealUse)).one()
        assert person.name.encode() not in row.paper
        assert (use.seal_id, use.certificate, use.way) == (COUNTY_SEAL, paper.id, "rule")
        assert (use.document_sha256, use.case_id) == (paper.document_sha256, row.case_id)
        assert [event.what for event in session.scalars(select(CertificateEvent))] == ["issued"]


def test_one_byte_more_less_or_other_is_found_by_us_and_by_pdfsig(
    hub: Hub, terminal: FakeTerminal, people: People, tmp_path: Path
) -> None:
    _, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    spoilt = bytearray(pdf)
    spoilt[pdf.index(b"/MediaBox") + 2] ^= 1
    assert word(hub, bytes(spoilt)) is Word.ALTERED
    assert "Signature is Valid" not in pdfsig(hub, bytes(spoilt), tmp_path)
    # Where the signature itself lies, other programs look away from what stands behind it.
    behind = bytearray(pdf)
    hole = pdf.index(b"000000000000>")
    behind[hole] = ord("1")
    for changed in (bytes(behind), pdf + b"\n", pdf[:-1], pdf.replace(b"%%EOF", b"%%EOG", 1)):
        assert word(hub, changed) is Word.ALTERED
    with hub.database.reading() as session:
        trust = trust_list(session, hub)
    for place in range(17, len(pdf), len(pdf) // 12):
        other = bytearray(pdf)
        other[place] ^= 4
        assert not judge(bytes(other), trust, hub.clock()).counts, place


def test_what_has_ended_is_refused_with_its_own_word(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    paper, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    act_on(hub, paper.id, "suspended", "admin", "核对中")
    assert (word(hub, pdf), "暂停使用" in page(url, paper.id).text) == (Word.SUSPENDED, True)
    assert terminal.ask("GET", f"/v1/papers/{paper.sha256}").status_code == 410
    with pytest.raises(ChangeTrouble):
        act_on(hub, paper.id, "suspended", "admin", "再来一次")
    act_on(hub, paper.id, "resumed", "admin", "核对无误")
    assert word(hub, pdf) is Word.GENUINE
    clock.turn(91 * 86_400)
    assert (word(hub, pdf), "过了有效期" in page(url, paper.id).text) == (Word.EXPIRED, True)
    clock.turn(-91 * 86_400)
    act_on(hub, paper.id, "revoked", "admin", "信息有误")
    assert (word(hub, pdf), "已经撤销" in page(url, paper.id).text) == (Word.REVOKED, True)
    with pytest.raises(ChangeTrouble):
        act_on(hub, paper.id, "resumed", "admin", "不可能")
    with hub.database.reading() as session:
        rows = session.scalars(select(CertificateEvent).order_by(CertificateEvent.id)).all()
    assert [row.what for row in rows] == ["issued", "suspended", "resumed", "revoked"]
    assert {row.actor for row in rows[1:]} == {"admin"}


def test_a_change_is_a_new_version_and_the_old_one_is_told_to_be_replaced(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    claimed = claim(with_seals(hub), terminal, people["lin-yuelan"])
    make_papers(hub)
    (first,) = view(terminal, claimed).papers
    old = fetch(terminal, first)
    with pytest.raises(ChangeTrouble):
        order_change(hub, first.id, {"nonsense": "x"}, "admin", "写错了")
    order_change(hub, first.id, {"county": "广东省示例市"}, "admin", "参保地写错了")
    with pytest.raises(ChangeTrouble):
        order_change(hub, first.id, {"county": "又改"}, "admin", "参保地又写错了")
    assert make_papers(hub) == 1
    newest, earlier = view(terminal, claimed).papers
    assert (newest.state, earlier.state, earlier.id) == ("ready", "void", first.id)
    assert newest.id.split(".")[:-2] == first.id.split(".")[:-2]
    assert newest.id.split(".")[-2] == "002"
    assert (word(hub, old), word(hub, fetch(terminal, newest))) == (Word.SUPERSEDED, Word.GENUINE)


def test_neither_a_revoked_nor_a_suspended_paper_counts_again_by_a_change_that_was_ordered_before(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, logs: LogWatch
) -> None:
    logs.expect("waits: suspended")
    first, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    order_change(hub, first.id, {"county": "广东省示例市"}, "admin", "写错了")
    act_on(hub, first.id, "suspended", "admin", "核对中")
    assert (make_papers(hub), word(hub, pdf)) == (0, Word.SUSPENDED)
    act_on(hub, first.id, "resumed", "admin", "核对无误")
    clock.turn(hub.settings.paper_retry_most_s)
    assert (make_papers(hub), word(hub, pdf)) == (1, Word.SUPERSEDED)
    with hub.database.reading() as session:
        second = session.scalars(select(Certificate.identifier).where(Certificate.version == 2)).one()
    order_change(hub, second, {"county": "广东省又一市"}, "admin", "又写错了")
    act_on(hub, second, "revoked", "admin", "信息有误")
    assert make_papers(hub) == 0
    with hub.database.reading() as session:
        states = session.scalars(select(Certificate.state).order_by(Certificate.version)).all()
    assert states == ["superseded", "revoked"]
    logs.expect("waits: revoked")
    with hub.database.writing() as session:  # as if the change had been ordered at the very moment of the revocation
        job = session.scalars(select(CertificateJob).where(CertificateJob.version == 3)).one()
        job.state = "waiting"
    assert make_papers(hub) == 0
    with hub.database.reading() as session:
        assert session.scalars(select(CertificateJob.state).where(CertificateJob.version == 3)).one() == "stuck"


def test_whatever_a_paper_waits_for_is_told_to_the_clerk_and_to_its_owner() -> None:
    texts, source = Texts.load(), "".join(one.read_text("utf-8") for one in (ROOT / "hub/certificates").glob("*.py"))
    codes = {
        *re.findall(r'super\(\).__init__\(\s*"([a-z_]+)"', source),
        *re.findall(r'PaperTrouble\(\s*"([a-z_]+)"', source),
    }
    codes |= {"suspended", "revoked"}
    assert codes >= {"time_stamp", "seal", "content"}
    assert [
        f"{way}.{code}" for way in ("waits", "held") for code in codes if f"hub.paper.{way}.{code}" not in texts
    ] == []


def test_a_revoked_seal_voids_what_it_sealed_and_a_retired_one_seals_nothing_more(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, logs: LogWatch
) -> None:
    logs.expect("waits: seal")
    paper, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    end_seal(hub, COUNTY_SEAL, "retired", "admin", "换章")
    assert word(hub, pdf) is Word.GENUINE
    claimed = claim(hub, terminal, people["chen-deshui"])
    assert make_papers(hub) == 0
    assert [one.state for one in view(terminal, claimed).papers] == ["making"]
    with hub.database.reading() as session:
        job = session.scalars(select(CertificateJob).order_by(CertificateJob.id.desc()).limit(1)).one()
        assert (job.state, job.trouble) == ("waiting", "seal")
    end_seal(hub, COUNTY_SEAL, "revoked", "admin", "章遗失")
    assert (word(hub, pdf), "印章已经撤销" in page(url, paper.id).text) == (Word.SEAL_REVOKED, True)


def test_a_foreign_seal_a_foreign_time_stamp_and_a_seal_used_past_its_time_are_told_apart(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    _, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    with hub.database.reading() as session:
        seal = session.get_one(Seal, COUNTY_SEAL)
        trust = trust_list(session, hub)
    plain, now, ours, theirs = _plain(pdf), hub.clock(), issuers(hub), make_issuers(hub.clock())
    hand = SealInHand(
        seal.unit, seal.certificate, open_key(hub.keys, seal.key_sealed, f"seal/{seal.id}"), ours.root.der
    )

    def sealed(stamper: SandboxTimeStamps) -> Word:
        return judge(seal_paper(plain, hand, now, stamper), trust, now).word

    assert sealed(SandboxTimeStamps(ours.stamps, ours.root, hub.clock)) is Word.GENUINE
    assert sealed(SandboxTimeStamps(theirs.stamps, theirs.root, hub.clock)) is Word.BAD_STAMP
    past = hub.clock() + timedelta(days=366 * 6)
    assert sealed(SandboxTimeStamps(ours.stamps, ours.root, lambda: past)) is Word.SEAL_EXPIRED
    foreign = SealInHand(seal.unit, theirs.root.der, theirs.root.key, theirs.root.der)
    stamper = SandboxTimeStamps(ours.stamps, ours.root, hub.clock)
    assert judge(seal_paper(plain, foreign, now, stamper), trust, now).word is Word.UNKNOWN_SEAL
    # Sealed with the true seal, and yet nothing that the hub ever issued: the hub itself says so.
    again = seal_paper(plain, hand, now, stamper)
    assert word(hub, again) is Word.ALTERED
    assert judge(plain, trust, now).word is Word.UNSEALED
    assert judge(b"no pdf", trust, now).word is Word.UNREADABLE


def test_a_silent_or_wrong_time_stamp_lets_the_paper_wait_and_the_case_stands(
    store: Store, clock: HandClock, people: People, logs: LogWatch
) -> None:
    logs.expect("waits: time_stamp")
    hub = with_seals(hub_over(store, clock, HubSettings(stamp_url="http://127.0.0.1:1/", paper_retry_s=5)))
    with serving(hub, decide=False) as url:
        terminal = FakeTerminal.enrolled(hub, url, clock)
        claimed = claim(hub, terminal, people["lin-yuelan"])
        assert make_papers(hub) == 0
        said = view(terminal, claimed)
        assert (said.state, [paper.state for paper in said.papers]) == ("approved", ["making"])
        assert "在等盖时间戳的机构答复" in said.reasons[-1].text
        assert make_papers(hub) == 0, "it is not asked again at once"
        with hub.database.reading() as session:
            job = session.scalars(select(CertificateJob)).one()
            assert (job.state, job.trouble) == ("waiting", "time_stamp")
    # The same hub with the sandbox's authority, asked over HTTP: it ends right.
    again = with_seals(hub_over(store, clock))
    with serving(again, decide=False) as url:
        clock.turn(6)
        hub = hub_over(store, clock, HubSettings(stamp_url=f"{url}/sandbox/time-stamps"))
        assert make_papers(hub) == 1
        terminal.url = url
        told = view(terminal, claimed)
        assert not any(reason.code == "paper_waits" for reason in told.reasons)
        assert word(hub, fetch(terminal, told.papers[0])) is Word.GENUINE


@pytest.mark.parametrize("foreign", ["nonce", "imprint", "refusal", "noise"])
def test_an_answer_that_is_no_time_stamp_of_this_document_is_refused(hub: Hub, foreign: str) -> None:
    ours = issuers(hub)
    honest = SandboxTimeStamps(ours.stamps, ours.root, hub.clock)

    class Wrong:
        """A party that stamps something else, nothing, or answers nonsense."""

        def stamp(self, query: bytes) -> bytes:
            """The wrong answer."""
            request = tsp.TimeStampReq.load(query)
            match foreign:
                case "nonce":
                    request["nonce"] = request["nonce"].native + 1
                case "imprint":
                    request["message_imprint"]["hashed_message"] = bytes(32)
                case "refusal":
                    return bytes(tsp.TimeStampResp({"status": {"status": "rejection"}}).dump())
                case _:
                    return b"not at all"
            return honest.stamp(request.dump(force=True))

    query = tsp.TimeStampReq.load(AskedStamper(honest).request_cms(bytes(32), "sha256")[1].dump())  # type: ignore[no-untyped-call]
    assert asyncio.run(AskedStamper(honest).async_request_tsa_response(query))["status"]["status"].native == "granted"
    query["message_imprint"]["hashed_message"] = bytes(range(32))
    with pytest.raises(StampTrouble):
        asyncio.run(AskedStamper(Wrong()).async_request_tsa_response(tsp.TimeStampReq.load(query.dump(force=True))))


def test_a_list_for_checking_without_a_network_is_the_hubs_own_or_nothing(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    paper, pdf = issued(with_seals(hub), terminal, people["lin-yuelan"])
    act_on(hub, paper.id, "revoked", "admin", "信息有误")
    with hub.database.reading() as session:
        signed = signed_trust(trust_list(session, hub), hub.keys.signing_private)
    known = read_trust(signed, hub.keys.signing_public)
    assert judge(pdf, known, hub.clock()).word is Word.REVOKED
    untrusted: tuple[object, ...] = ({**signed, "withdrawn": {}}, {**signed, "signature": "AAAA"}, [], {"made_at": "x"})
    for spoilt in untrusted:
        with pytest.raises(MalformedRecord):
            read_trust(spoilt, hub.keys.signing_public)


@both_stores
def test_both_databases_keep_certificates_and_make_each_once(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    with_seals(hub)
    assert with_seals(hub) is hub
    claimed = claim(hub, terminal, people["lin-yuelan"])
    assert (make_papers(hub), make_papers(hub)) == (1, 0)
    (paper,) = view(terminal, claimed).papers
    act_on(hub, paper.id, "suspended", "admin", "核对中")
    make_papers(hub)
    assert [one.state for one in view(terminal, claimed).papers] == ["void"]
    with hub.database.reading() as session:
        assert [row.block for row in session.scalars(select(CertificateEvent))] == [1, 2]


def _plain(pdf: bytes) -> bytes:
    """The paper as it was before it was sealed: the first revision of the file."""
    return pdf[: pdf.index(b"%%EOF") + len(b"%%EOF\n")]
