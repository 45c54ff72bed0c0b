"""The seal register (印章登记): seals are made, handed to a custodian, retired and revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.certificates.issuers import certify, issuers, new_seal_key, seal_key
from hub.certificates.tables import Seal
from hub.certificates.trouble import SealTrouble
from hub.hub import Hub
from hub.identity.one_time_codes import address_of, new_secret, step_of
from hub.moments import local_text
from hub.trouble import HubTrouble
from offline.wire.sealing import seal as seal_to_hub
from seeds.certificates import CertificateKind
from seeds.seals import SealSpec, SealSpecs

ACTIVE: Final = "active"
RETIRED: Final = "retired"  # cannot be used any more; what was sealed before still counts
REVOKED: Final = "revoked"  # nothing that bears it counts
_ISSUER: Final = "智助印章（演示）"


class RegisterTrouble(HubTrouble):
    """The register cannot be changed as asked."""


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """A custodian's code does not count: a text id."""

    text: str


def load_sandbox_seals(hub: Hub, specs: SealSpecs) -> int:
    """Makes the test seals that are not there yet; returns how many."""
    with hub.database.reading() as session:
        known = frozenset(session.scalars(select(Seal.id)))
    missing = [spec for spec in specs.all if spec.id not in known]
    for spec in missing:
        try:
            make_seal(hub, spec)
        except IntegrityError:
            continue  # another replica makes them at this moment
    return len(missing)


def make_seal(hub: Hub, spec: SealSpec) -> None:
    """A seal with a key and certificate of its own; raises IntegrityError where the id is taken."""
    now, key = hub.clock(), new_seal_key()
    until = now + timedelta(days=round(365.25 * spec.valid_years))
    certificate = certify(issuers(hub).root, spec.unit, key, now, until)
    with hub.database.writing() as session:
        session.add(
            Seal(
                id=spec.id,
                unit=spec.unit,
                unit_code=spec.unit_code,
                region=spec.region,
                use=spec.use,
                state=ACTIVE,
                valid_from=now.replace(microsecond=0),
                valid_until=until.replace(microsecond=0),
                serial=f"{certificate.serial_number:x}",
                certificate=certificate.public_bytes(Encoding.DER),
                key_sealed=seal_key(hub.keys, key, f"seal/{spec.id}"),
                made_at=now,
            )
        )


def hand_over(hub: Hub, seal_id: str, staff: str) -> str:
    """Makes somebody the seal's custodian; the address (otpauth) of the fresh secret for their codes, told once."""
    secret = new_secret()
    with hub.database.writing() as session:
        seal = _held(session, seal_id)
        if seal.use != "custodian":
            raise RegisterTrouble(
                f"印章 {seal_id} 由规则使用，没有保管人。That seal is used by rule.",
                "请选保管人使用的章。Choose another.",
            )
        seal.custodian, seal.factor_step, seal.failures, seal.locked_until = staff, 0, 0, None
        seal.factor_sealed = seal_to_hub({"secret": secret}, hub.keys.sealing_public, _factor_aad(seal_id))
    return address_of(secret, f"{staff} {seal_id}", _ISSUER)


def end_seal(hub: Hub, seal_id: str, state: str, by: str, why: str) -> None:
    """Retires or revokes a seal; raises RegisterTrouble where it is revoked already."""
    assert state in (RETIRED, REVOKED)
    with hub.database.writing() as session:
        seal = _held(session, seal_id)
        if seal.state == REVOKED or seal.state == state:
            raise RegisterTrouble(
                f"印章 {seal_id} 已经{'撤销' if seal.state == REVOKED else '停用'}了。That seal has ended already.",
                "不用再做一次。Nothing is to be done.",
            )
        seal.state, seal.ended_at, seal.ended_by, seal.ended_why = state, hub.clock(), by, why[:200]


def check_code(hub: Hub, seal: Seal, staff: str, code: str) -> CodeRefused | None:
    """Spends a custodian's one-time code (RFC 6238) in the caller's transaction, which has locked the seal.

    Each code counts once; wrong ones are counted and lock the seal for a while.
    """
    now = hub.clock()
    if seal.custodian != staff or seal.factor_sealed is None:
        return CodeRefused("hub.desk.trouble.seal_not_custodian")
    if seal.locked_until is not None and seal.locked_until > now:
        return CodeRefused("hub.desk.trouble.seal_locked")
    secret = str(hub.keys.unseal(seal.factor_sealed, _factor_aad(seal.id)).get("secret"))
    step = step_of(secret, code, now)
    if step is not None and step > seal.factor_step:
        seal.factor_step, seal.failures, seal.locked_until = step, 0, None
        return None
    seal.failures += 1
    if seal.failures >= hub.settings.seal_code_tries:
        seal.failures, seal.locked_until = 0, now + timedelta(minutes=hub.settings.lockout_minutes)
    return CodeRefused("hub.desk.trouble.seal_wrong" if step is None else "hub.desk.trouble.seal_used")


def usable_seal(session: Session, kind: CertificateKind, region: str, at: datetime, seal_id: str | None = None) -> Seal:
    """The seal a certificate of this kind gets in this division now; raises SealTrouble."""
    if kind.seal.use == "rule":
        found = session.get(Seal, kind.seal.id)
    elif seal_id is not None:
        found = session.get(Seal, seal_id)
    else:
        local = select(Seal).where(Seal.use == "custodian", Seal.region == region, Seal.state == ACTIVE)
        found = session.scalars(local.order_by(Seal.made_at.desc()).limit(1)).one_or_none()
    if found is None:
        raise SealTrouble(f"没有可以盖“{kind.title.zh_hans}”的印章。")
    if found.state != ACTIVE:
        raise SealTrouble(f"{found.unit}的印章已经{'停用' if found.state == RETIRED else '撤销'}。")
    if not found.valid_from <= at < found.valid_until:
        raise SealTrouble(f"{found.unit}的印章不在有效期内（到 {local_text(found.valid_until)}）。")
    return found


def _held(session: Session, seal_id: str) -> Seal:
    seal = session.get(Seal, seal_id, with_for_update=True)
    if seal is None:
        raise RegisterTrouble(
            f"没有登记过印章 {seal_id}。No such seal.", "用 zhizhu hub seals list 查看。List them with that command."
        )
    return seal


def _factor_aad(seal_id: str) -> bytes:
    return f"seal-factor/{seal_id}".encode()
