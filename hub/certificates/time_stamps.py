"""RFC 3161 time-stamps: the port, the sandbox's own authority (演示), and any other over HTTP."""

from __future__ import annotations

from typing import Final, Protocol

import httpx
from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hub.certificates.issuers import Issuer
from hub.certificates.trouble import StampTrouble
from hub.moments import Clock

QUERY_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"
MAX_REPLY_BYTES: Final = 64 * 1024
MAX_QUERY_BYTES: Final = 4 * 1024
_BOUND: Final = ("message_imprint", "nonce")
"""What binds a reply to its request."""


class TimeStamps(Protocol):
    """Who can say when something was there: a DER request in, a DER reply out."""

    def stamp(self, query: bytes) -> bytes:
        """The reply to a TimeStampReq; raises StampTrouble."""


class SandboxTimeStamps:
    """The sandbox's authority: stamps with the time it is given, under a certificate that says 测试."""

    def __init__(self, issuer: Issuer, root: Issuer, clock: Clock) -> None:
        self._certificate = asn1_x509.Certificate.load(issuer.der)
        self._beside = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        self._beside.register(asn1_x509.Certificate.load(root.der))
        der = issuer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._key = asn1_keys.PrivateKeyInfo.load(der)
        self._clock = clock

    def stamp(self, query: bytes) -> bytes:
        """The reply to a TimeStampReq; raises StampTrouble where it is none."""
        try:
            request = tsp.TimeStampReq.load(query, strict=True)
            at = self._clock().replace(microsecond=0)
            stamper = DummyTimeStamper(self._certificate, self._key, self._beside, fixed_dt=at)
            reply: bytes = stamper.request_tsa_response(request).dump()
        except (ValueError, TypeError, KeyError) as error:
            raise StampTrouble(f"时间戳请求看不懂（{type(error).__name__}）。") from None
        return reply


class HttpTimeStamps:
    """An authority over HTTP (RFC 3161, 3.4), asked once within a deadline."""

    def __init__(self, url: str, deadline_s: float) -> None:
        self._url = url
        self._deadline_s = deadline_s

    def stamp(self, query: bytes) -> bytes:
        """The reply to a TimeStampReq; raises StampTrouble when it is silent, slow, refuses, or talks too much."""
        try:
            reply = httpx.post(
                self._url,
                content=query,
                headers={"Content-Type": QUERY_TYPE},
                timeout=self._deadline_s,
                trust_env=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StampTrouble(f"时间戳服务没有回答（{type(error).__name__}）。") from None
        if not reply.is_success or len(reply.content) > MAX_REPLY_BYTES:
            raise StampTrouble(f"时间戳服务答 {reply.status_code}，不能用。")
        return reply.content


class AskedStamper(TimeStamper):
    """pyHanko's view of a port."""

    def __init__(self, port: TimeStamps) -> None:
        super().__init__(include_nonce=True)  # type: ignore[no-untyped-call]
        self._port = port

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Asks the port; raises StampTrouble unless it stamped this request and no other."""
        try:
            reply = tsp.TimeStampResp.load(self._port.stamp(req.dump()), strict=True)
            granted = reply["status"]["status"].native in ("granted", "granted_with_mods")
            told = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed if granted else None
            fits = told is not None and all(told[name].native == req[name].native for name in _BOUND)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise StampTrouble("时间戳服务的回答看不懂。") from None
        if not fits:
            raise StampTrouble("时间戳服务没有盖，或盖的不是这份文件。")
        return reply
