"""Signed requests to the hub; each has a deadline and a bound on what it reads."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from offline.clock_doubt import TOLERANCE, Heard
from offline.sync.parcel import Parcel
from offline.sync.trouble import HubRefused, HubSilent, HubUnproven, LineTrouble
from offline.wire.batch import BatchReply, HeadReport, Problem
from offline.wire.bell import BellReply, BellRing
from offline.wire.blobs import BlobState, content_range
from offline.wire.canonical import b64, canonical_json, unb64
from offline.wire.changes import CaseView, Changes
from offline.wire.compression import GZIP, takes_gzip
from offline.wire.credential import CredentialReply
from offline.wire.enrolment import EnrolmentReply, EnrolmentRequest
from offline.wire.event import MAX_DATA_BYTES
from offline.wire.heartbeat import Heartbeat, HeartbeatReply
from offline.wire.prefill import Prefill, SealedReply, question_aad, reply_aad
from offline.wire.protocol import NEWEST, OLDEST, PROTOCOL_HEADER, offer, spoken
from offline.wire.sealing import key_id, lookup_aad, new_private, public_of, seal, unseal
from offline.wire.signing import MAX_AGE_S, SIGNATURE_HEADER, sign_request, verify_reply
from offline.wire.slip_qr import SlipQr
from offline.wire.slip_signers import Genuineness, SlipCheck
from offline.wire.trouble import WireTrouble
from offline.wire.uptime import Uptime, uptime

DEADLINE_S: Final = 20.0
CONNECT_S: Final = 5.0
READ_S: Final = 10.0
MAX_REPLY_BYTES: Final = 4 * 1024 * 1024
_NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h; Python's ssl module has no name for it."""
_VOUCHED: Final = timedelta(seconds=MAX_AGE_S)
_NOT_UNDERSTOOD: Final = (400, 415)
_PROBLEM_BYTES: Final = 64 * 1024

Model = TypeVar("Model", bound=BaseModel)


class CaseList(BaseModel):
    """The answer to a look-up by card."""

    cases: tuple[CaseView, ...] = ()


class HubClient:
    """One terminal's line to its hub. `clock` gives UTC; `skew_s` follows the hub's `Date`, so that a wrong clock
    does not keep a terminal out. `hub_key` gives the hub's signing key as the terminal knows it now. From the first
    reply that the hub signed on, `least_protocol` forbids to believe unsigned ones: nobody talks the terminal down."""

    def __init__(
        self,
        http: httpx.Client,
        hub_url: str,
        signing_private: bytes,
        *,
        clock: Callable[[], datetime],
        reachable: Callable[[], bool] = lambda: True,
        deadline_s: float = DEADLINE_S,
        hub_key: Callable[[], bytes | None] = lambda: None,
        least_protocol: int = OLDEST,
        read_uptime: Callable[[], Uptime] = uptime,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._http = http
        self._base = hub_url.rstrip("/")
        self._prefix = urlsplit(self._base).path
        self._private = signing_private
        self._clock = clock
        self._reachable = reachable
        self._deadline_s = deadline_s
        self._hub_key = hub_key
        self._offering = True
        self.least_protocol = least_protocol
        self.terminal_id: str | None = None
        self.skew_s = 0.0
        self.heard: Heard | None = None
        self._trust = trust
        self._uptime = read_uptime
        self._takes_gzip = False  # until the hub has said so

    @classmethod
    def open(
        cls,
        hub_url: str,
        signing_private: bytes,
        *,
        terminal_id: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        reachable: Callable[[], bool] = lambda: True,
        deadline_s: float = DEADLINE_S,
        ca_file: Path | None = None,
        hub_key: Callable[[], bytes | None] = lambda: None,
        least_protocol: int = OLDEST,
        read_uptime: Callable[[], Uptime] = uptime,
    ) -> HubClient:
        """A client with a connection pool of its own; proxies of the environment are not for a terminal."""
        try:
            trust = ssl.create_default_context(cafile=ca_file)
        except OSError as failure:
            raise LineTrouble(f"中枢证书的签发者文件 {ca_file} 用不了（{failure.strerror}）。") from failure
        timeout = httpx.Timeout(min(READ_S, deadline_s), connect=min(CONNECT_S, deadline_s))
        http = httpx.Client(timeout=timeout, verify=trust, trust_env=False, follow_redirects=False)
        client = cls(
            http,
            hub_url,
            signing_private,
            clock=clock,
            reachable=reachable,
            deadline_s=deadline_s,
            hub_key=hub_key,
            least_protocol=least_protocol,
            read_uptime=read_uptime,
            trust=trust,
        )
        client.terminal_id = terminal_id
        return client

    def enrol(self, request: EnrolmentRequest) -> EnrolmentReply:
        """Spends the one-off key."""
        return self._ask(EnrolmentReply, "POST", "/v1/enrolments", request.model_dump(mode="json"), signed=False)

    def send_events(self, parcel: Parcel, meanwhile: Callable[[], None] = lambda: None) -> BatchReply:
        """Sends a batch; sending the same again is harmless.

        `meanwhile` is called when all of it is under way, before the answer is listened for.
        """
        if self._takes_gzip:
            try:
                return self._post_events(parcel.packed, {"Content-Encoding": GZIP}, meanwhile)
            except HubUnproven:
                self._takes_gzip = False  # something between may not let packed requests through: plain next time
                raise
            except HubRefused as refusal:
                if refusal.status not in _NOT_UNDERSTOOD:
                    raise
                self._takes_gzip = False  # an older hub answers now: no event may be laid aside for the packing's sake
        return self._post_events(parcel.plain, {}, meanwhile)

    def _post_events(self, content: bytes, headers: dict[str, str], meanwhile: Callable[[], None]) -> BatchReply:
        path, headers = self._own("events"), headers | {"Content-Type": "application/json"}
        return _parsed(BatchReply, self._exchange("POST", path, content, headers, meanwhile=meanwhile))

    def changes(self, cursor: int) -> Changes:
        """A page of what the hub has to say since `cursor`."""
        return self._ask(Changes, "GET", f"{self._own('changes')}?cursor={cursor}")

    def blob(self, sha256: str) -> BlobState:
        """How much of a picture the hub holds."""
        return self._ask(BlobState, "GET", f"/v1/blobs/{sha256}")

    def put_piece(self, sha256: str, piece: bytes, start: int, total: int) -> BlobState:
        """Brings a piece of a picture; bringing the same again is harmless."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": content_range(start, len(piece), total),
        }
        return _parsed(BlobState, self._exchange("PUT", f"/v1/blobs/{sha256}", piece, headers))

    def paper(self, sha256: str) -> bytes:
        """A certificate's sealed PDF; the answer of its case says what opens it."""
        return self._exchange("GET", f"/v1/papers/{sha256}", b"", {})

    def beat(self, heartbeat: Heartbeat) -> HeadReport | None:
        """Says how the terminal is; the end of its chain at the hub, where the hub tells it."""
        body = heartbeat.model_dump(mode="json")
        return self._ask(HeartbeatReply, "POST", self._own("heartbeats"), body).head

    def ring(self, ring: BellRing) -> BellReply:
        """Calls for a person; the same call asked twice is one."""
        return self._ask(BellReply, "POST", self._own("bell"), ring.model_dump(mode="json"))

    def bell(self) -> BellReply:
        """How the terminal's last call for a person stands."""
        return self._ask(BellReply, "GET", self._own("bell"))

    def renew_credential(self) -> CredentialReply:
        """Asks for a credential with the enrolled key as the proof."""
        return self._ask(CredentialReply, "POST", self._own("credentials"))

    def case_by_code(self, code: str) -> CaseView | None:
        """How the case of a claim code stands; None when the hub does not know the code."""
        try:
            return self._ask(CaseView, "GET", f"/v1/claims/{quote(code, safe='')}")
        except HubRefused as refusal:
            if refusal.status == 404:
                return None
            raise

    def check_slip(self, slip: SlipQr) -> Genuineness:
        """What the hub says of a slip's seal: it knows every terminal, so one it does not know is nobody's.

        Unknown when the hub is older than seals and cannot say.
        """
        try:
            word = self._ask(SlipCheck, "GET", f"/v1/slips/{quote(slip.tail, safe='')}").word
        except HubRefused as refusal:
            if refusal.status == 404:
                return Genuineness.UNKNOWN
            raise
        return Genuineness.FORGED if word is Genuineness.UNKNOWN else word

    def cases_of(self, id_number: str, hub_sealing_public: bytes) -> tuple[CaseView, ...]:
        """A card holder's cases; the number travels sealed."""
        path = self._own("lookups")
        sealed = seal({"id_number": id_number}, hub_sealing_public, lookup_aad(self._name()))
        return self._ask(CaseList, "POST", path, {"sealed": b64(sealed)}).cases

    def prefill(self, item: str, id_number: str, level: str, hub_sealing_public: bytes) -> Prefill:
        """What the hub can tell before a form is filled in; question and answer travel sealed."""
        private = new_private()
        question = {"item": item, "id_number": id_number, "level": level, "reply_to": b64(public_of(private))}
        sealed = seal(question, hub_sealing_public, question_aad(self._name()))
        reply = self._ask(SealedReply, "POST", self._own("prefill"), {"sealed": b64(sealed)})
        try:
            return Prefill.model_validate(unseal(unb64(reply.sealed, MAX_DATA_BYTES), private, reply_aad(self._name())))
        except (WireTrouble, ValidationError):
            raise HubSilent("答复不合约定") from None

    def check_dates(self, sure: bool) -> None:
        """Whether the dates of the hub's certificate are looked at, see `check_dates`."""
        if self._trust is not None:
            check_dates(self._trust, sure)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _name(self) -> str:
        assert self.terminal_id is not None, "only an enrolled terminal signs"
        return self.terminal_id

    def _own(self, what: str) -> str:
        return f"/v1/terminals/{self._name()}/{what}"

    def _ask(
        self, model: type[Model], method: str, path: str, body: object | None = None, *, signed: bool = True
    ) -> Model:
        return _parsed(model, self._send(method, path, body, signed=signed))

    def _send(self, method: str, path: str, body: object | None = None, *, signed: bool = True) -> bytes:
        content = b"" if body is None else canonical_json(body)
        return self._exchange(
            method, path, content, {"Content-Type": "application/json"} if content else {}, signed=signed
        )

    def _exchange(
        self,
        method: str,
        path: str,
        content: bytes,
        headers: dict[str, str],
        *,
        signed: bool = True,
        meanwhile: Callable[[], None] | None = None,
    ) -> bytes:
        if not self._reachable():
            raise HubSilent("网络已断开")
        at = datetime.fromtimestamp(self._clock().timestamp() + self.skew_s, UTC)
        if signed:
            headers |= self._signed(method, path, content, at)
        body_of: bytes | Iterator[bytes] = content
        if meanwhile is not None:
            body_of = _then(content, meanwhile)
            headers["Content-Length"] = str(len(content))
        end = monotonic() + self._deadline_s
        try:
            with self._http.stream(method, self._base + path, content=body_of, headers=headers) as reply:
                told = self._told_time(reply.headers)
                self._takes_gzip |= takes_gzip(reply.headers.get("accept-encoding"))
                status, said = reply.status_code, reply.headers
                body = _read(reply, end, MAX_REPLY_BYTES if status < 300 else _PROBLEM_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            self._offering = True  # another hub may answer next time
            raise HubSilent(type(failure).__name__) from failure
        if signed:
            version = self._proven(status, said, headers[SIGNATURE_HEADER], body)
            if version is None:
                raise _unproven(status, said)
            self._believe_time(told, at, status, version)
        if status >= 300:
            raise _refused(status, said, body)
        return body

    def _signed(self, method: str, path: str, content: bytes, at: datetime) -> dict[str, str]:
        key = self._hub_key()
        return sign_request(
            self._private,
            self._name(),
            method,
            self._prefix + path,
            content,
            at,
            offered=offer(self.least_protocol) if self._offering else None,
            hub_key=None if key is None else key_id(key),
        )

    def _proven(self, status: int, headers: Mapping[str, str], signature: str, body: bytes) -> int | None:
        """The version in which the hub gave this reply; None for nobody's, as unsigned ones are once it has signed."""
        try:
            version = spoken(headers.get(PROTOCOL_HEADER))
            if version >= 2 and (key := self._hub_key()) is not None:
                verify_reply(key, headers, self._name(), signature, status, body)
        except WireTrouble:
            return None
        if version < 2 <= self.least_protocol:
            return None
        if version < 2 and status == 401:
            self._offering = False  # a hub of protocol 1 cannot read what protocol 2 signs
        self.least_protocol = max(self.least_protocol, min(version, NEWEST))
        return version

    def _told_time(self, headers: Mapping[str, str]) -> Heard | None:
        """The `Date` of a reply. Anybody between may have written it: it only says how to date the next request."""
        try:
            hub = parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
        except ValueError:
            return None
        apart = (hub - self._clock()).total_seconds()
        self.skew_s = apart if abs(apart) > TOLERANCE.total_seconds() else 0.0
        return Heard(hub, self._uptime())

    def _believe_time(self, told: Heard | None, signed_at: datetime, status: int, version: int) -> None:
        """A hub that signs answers 401 to what was not signed about now: any other answer vouches for the hour."""
        if told is None or (version >= 2 and (status == 401 or abs(told.at - signed_at) > _VOUCHED)):
            return
        self.heard = told


def check_dates(trust: ssl.SSLContext, sure: bool) -> None:
    """Whether the dates of a certificate are looked at; by a clock in doubt (not `sure`) nobody can tell its dates.

    Issuer and name are checked always. Without this, a terminal whose clock stands in 1970 would never hear the time
    that puts it right.
    """
    trust.verify_flags = trust.verify_flags & ~_NO_CHECK_TIME if sure else trust.verify_flags | _NO_CHECK_TIME


def _then(content: bytes, meanwhile: Callable[[], None]) -> Iterator[bytes]:
    """A body after whose last byte something else is done; the length is known, so the hub need not wait for it."""
    yield content
    meanwhile()


def _parsed(model: type[Model], untrusted: bytes) -> Model:
    try:
        return model.model_validate_json(untrusted)
    except ValidationError:
        raise HubSilent("答复不合约定") from None


def _read(reply: httpx.Response, end: float, limit: int) -> bytes:
    body = bytearray()
    for piece in reply.iter_bytes():
        body += piece
        if len(body) > limit:
            raise HubSilent("答复过长")
        if monotonic() > end:
            raise HubSilent("答复超时")
    return bytes(body)


def _refused(status: int, headers: Mapping[str, str], untrusted: bytes) -> HubRefused:
    try:
        said = json.loads(untrusted)
        problem = Problem.model_validate({"retryable": status >= 500 or status in (401, 408, 429)} | dict(said))
    except (ValueError, TypeError, RecursionError):
        problem = Problem(status=status, retryable=status >= 500 or status in (401, 403, 404, 408, 429))
    return HubRefused(status, problem, _retry_after(headers, problem.retry_after))


def _unproven(status: int, headers: Mapping[str, str]) -> HubSilent | HubRefused:
    """What stands between may say that it is busy or that a request is too large; it decides about nothing."""
    if status in (413, 429) or status >= 500:
        return HubRefused(status, Problem(status=status, retryable=True), _retry_after(headers, None))
    return HubUnproven()


def _retry_after(headers: Mapping[str, str], from_body: float | None) -> float | None:
    """Seconds (RFC 9110 §10.2.3): as a number, or a date against the reply's own `Date`, whatever our clock says."""
    untrusted = headers.get("retry-after")
    if untrusted is None:
        return from_body
    if untrusted.isascii() and untrusted.isdigit():
        return float(untrusted[:9])
    try:
        return max(
            0.0, (parsedate_to_datetime(untrusted) - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
        )
    except (ValueError, TypeError):
        return from_body
