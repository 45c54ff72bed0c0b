"""The parties that may read by vouchers: registered with a key, proven by a signature over each request, each once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.problems import Problem
from hub.vouchers.tables import VoucherReader
from offline.wire.canonical import b64, unb64
from offline.wire.sealing import seal
from offline.wire.signing import SIGNATURE_HEADER, new_signing_key, signer, signing_public, verify_request
from offline.wire.trouble import BadSignature, ClockApart, MalformedRecord
from seeds.vouchers import Reader


def load_sandbox_readers(hub: Hub) -> int:
    """Registers the sandbox's readers (演示) that are not there yet; returns how many."""
    with hub.database.reading() as session:
        known = frozenset(session.scalars(select(VoucherReader.id)))
    missing = [reader for reader in hub.vouchers.readers if reader.id not in known]
    for reader in missing:
        try:
            _register(hub, reader)
        except IntegrityError:
            continue  # another replica registers them at this moment
    return len(missing)


def sandbox_key(session: Session, hub: Hub, reader_id: str) -> bytes:
    """The private key of a reader that the sandbox plays; raises Problem for any other."""
    row = session.get(VoucherReader, reader_id)
    if row is None or row.key_sealed is None:
        raise Problem("reader_unknown", 404, "没有这家演示银行。")
    return unb64(hub.keys.unseal(row.key_sealed, _aad(reader_id)).get("key"), 32)


def proven_reader(hub: Hub, headers: Mapping[str, str], method: str, path: str, body: bytes) -> str:
    """Which reader signed this request, now and for the first time; raises Problem."""
    try:
        reader_id = signer(headers)
        with hub.database.reading() as session:
            row = session.get(VoucherReader, reader_id[:60])
        if row is None:
            raise BadSignature("没有登记过这个单位")
        verify_request(unb64(row.signing_public, 32), headers, method, path, body, hub.clock())
    except ClockApart as error:
        raise Problem("clock_apart", 401, f"{error.sentence}请按中枢的时间重签再送。", retry_after=1) from None
    except (BadSignature, MalformedRecord):
        raise Problem("bad_signature", 401, "不是登记过的单位签的请求，没有办。") from None
    with hub.database.writing() as session:
        if hub.replays.seen_anywhere(session, headers[SIGNATURE_HEADER]):
            raise Problem("replayed", 409, "这个请求已经收到过一次，没有再办；重试请重新签名。", retry_after=1)
    return row.id


def _register(hub: Hub, reader: Reader) -> None:
    private = new_signing_key()
    with hub.database.writing() as session:
        session.add(
            VoucherReader(
                id=reader.id,
                name=reader.name,
                signing_public=b64(signing_public(private)),
                key_sealed=seal({"key": b64(private)}, hub.keys.sealing_public, _aad(reader.id)),
                made_at=hub.clock(),
            )
        )


def _aad(reader_id: str) -> bytes:
    return f"voucher-reader/{reader_id}".encode()
