"""A hub with test seals, cases that are approved into certificates, and the papers that a terminal fetches."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyotp

from hub.certificates.issuers import issuers
from hub.certificates.seals import hand_over, load_sandbox_seals
from hub.certificates.worker import CertificateWorker
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.staff import add_staff
from offline.wire.attachment import open_attachment
from offline.wire.canonical import unb64
from offline.wire.changes import CaseView, Paper
from offline.wire.claims import answer_key, new_code, open_answer
from seeds.people import Person
from seeds.seals import SealSpecs
from tests.hub.pictured import PASSWORD
from tests.hub.running import LINE, VILLAGE, FakeTerminal

ROOT = Path(__file__).resolve().parents[2]

INSURED = ("insurance-enrolment-proof", "cn.zhizhu.insurance_enrolment_proof.applied.v1")
VILLAGER = ("village-proof", "cn.zhizhu.village_proof.applied.v1")
COUNTY_SEAL = "county-social-insurance"
VILLAGE_SEAL = "sample-village"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a terminal sent: the code of the slip, the salt, the event."""

    code: str
    salt: str
    event_id: str


def with_seals(hub: Hub) -> Hub:
    """Loads the test seals."""
    load_sandbox_seals(hub, SealSpecs.load())
    return hub


def custodian(hub: Hub, name: str = "cunguan") -> pyotp.TOTP:
    """A village clerk who holds the village's seal; the app that makes the codes."""
    add_staff(hub.database, hub.clock, name, "clerk", VILLAGE, PASSWORD)
    made = pyotp.parse_uri(hand_over(hub, VILLAGE_SEAL, name))
    assert isinstance(made, pyotp.TOTP)
    return made


def claim(
    hub: Hub, terminal: FakeTerminal, person: Person, item: tuple[str, str] = INSURED, **changes: object
) -> Claimed:
    """Sends an application and lets its rule decide."""
    code = new_code()
    payload = terminal.application(person, code, **({"item": item[0]} | changes))
    event = terminal.event(payload, item[1])
    assert terminal.send(event).results[0].status.value == "stored"
    DecisionWorker(hub).run_once()
    told = payload["claim"]
    assert isinstance(told, dict)
    return Claimed(code, str(told["answer_salt"]), event.id)


def make_papers(hub: Hub) -> int:
    """Lets the certificate worker do what waits."""
    return CertificateWorker(hub).run_once()


def view(terminal: FakeTerminal, claimed: Claimed) -> CaseView:
    """The last answer that the terminal was told, opened with the slip's code."""
    bodies = [body for body in terminal.changes()["answer"] if body["event_id"] == claimed.event_id]
    key = answer_key(claimed.code, unb64(claimed.salt, 16))
    return CaseView.model_validate(open_answer(key, unb64(bodies[-1]["sealed"], 16_384)))


def fetch(terminal: FakeTerminal, paper: Paper) -> bytes:
    """The PDF of a paper, as a terminal fetches and opens it."""
    reply = terminal.ask("GET", f"/v1/papers/{paper.sha256}")
    assert reply.status_code == 200, reply.text
    return open_attachment(reply.content, unb64(paper.key, 32))


def issued(hub: Hub, terminal: FakeTerminal, person: Person) -> tuple[Paper, bytes]:
    """A certificate sealed by rule, and its PDF."""
    claimed = claim(hub, terminal, person)
    assert make_papers(hub) == 1
    (paper,) = view(terminal, claimed).papers
    return paper, fetch(terminal, paper)


def page(url: str, identifier: str) -> httpx.Response:
    """What a phone that scanned the paper's QR sees."""
    return LINE.get(f"{url}/verify/cert/{identifier}")


def pdfsig(hub: Hub, pdf: bytes, folder: Path, revoked: bytes = b"") -> str:
    """What poppler's `pdfsig` says, with a store that trusts the sandbox's root and knows what it has `revoked`."""
    store, root, crl = folder / "nss", folder / "root.der", folder / "revoked.crl"
    making = [sys.executable, "-m", "tests.hub.nss_store", str(store), str(root)]
    if not store.exists():
        store.mkdir()
        root.write_bytes(issuers(hub).root.der)
        subprocess.run(making, cwd=ROOT, check=True, timeout=60)
    if revoked:
        crl.write_bytes(revoked)
        subprocess.run([*making, str(crl)], cwd=ROOT, check=True, timeout=60)
    paper = folder / "paper.pdf"
    paper.write_bytes(pdf)
    asked = ["pdfsig", "-nssdir", str(store), str(paper)]
    return subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False).stdout
