"""The decoders of files and records that come from elsewhere, each with seeds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from drivers.presence.place import kept
from drivers.slip_file import parse_slip
from drivers.trouble import DeviceTrouble
from offline.wire import blobs, canonical, claims, sealing, slip_qr, slip_seal, slip_signers
from offline.wire.attachment import LaterPicture
from offline.wire.carry import Kind, Part, PartHead, Record, read_parts, write_part
from offline.wire.event import CONTENT_TYPE, Envelope
from offline.wire.signing import signing_public
from offline.wire.trouble import WireTrouble

_LONGEST: Final = 80
"""YAML is read slowly: more inputs find more than longer ones."""


def slip_files(data: bytes) -> int:
    """A slip written by hand."""
    with suppress(DeviceTrouble):
        parse_slip(data[:_LONGEST], Path("slip.yaml"))
    return 0


def places(data: bytes) -> int:
    """Where the kernel says that a device is plugged in."""
    return len("/".join(kept(tuple(data.decode("utf-8", "replace").split("/")))))


def wire_records(data: bytes) -> int:
    """What a terminal and a hub hear from each other."""
    text = data.decode("utf-8", "replace")
    value: object = None
    with suppress(ValueError, RecursionError):
        value = json.loads(text)
    reads: tuple[Callable[[], object], ...] = (
        lambda: Envelope.from_json(value),
        lambda: LaterPicture.unpack(data),
        lambda: sealing.unpack(data),
        lambda: sealing.unpack(data + bytes(-len(data) % sealing.BUCKET_BYTES)),
        lambda: claims.normal(text),
        lambda: canonical.parse_time(text),
        lambda: canonical.unb64(text, 100),
        lambda: slip_qr.read_slip(text),
        lambda: slip_seal.read_seal(text),
        lambda: slip_signers.check_signers(bytes(32), value),
        lambda: blobs.parse_range(text, len(data)),
    )
    for read in reads:
        with suppress(WireTrouble):
            read()
    return 0


def stick_parts(data: bytes) -> int:
    """A file of a stick: whatever it says of its lengths, no more is held than it is long."""
    return sum(len(one.raw) for one in read_parts(data, lambda _: _CARRIER_PUBLIC) if isinstance(one, Part))


_CARRIER: Final = bytes(range(32))
_CARRIER_PUBLIC: Final = signing_public(_CARRIER)
_PART_HEAD: Final = PartHead(version=1, to="hub", terminal="t1", signer="0" * 16, carry="c", made_at="")
_PART: Final = write_part(_PART_HEAD, (Record(Kind.PICTURE, b"sealed"), Record(99, b"")), _CARRIER).data
_ENVELOPE: Final = {
    "specversion": "1.0",
    "id": "01939f3a-7c00-7000-8000-000000000001",
    "source": "terminal/t1",
    "type": "cn.zhizhu.application.submitted.v1",
    "time": "2026-11-23T00:00:00.000Z",
    "datacontenttype": CONTENT_TYPE,
    "zzseq": 1,
    "zzprev": "0" * 64,
    "zzclock": "trusted",
    "zzsuite": "x",
    "zzkey": "0" * 16,
    "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
    "data_base64": "AAAA",
}

SEEDS: Final[Mapping[Callable[[bytes], int], tuple[bytes, ...]]] = MappingProxyType(
    {
        slip_files: (
            "- 智助\n- {text: a, width: 2, align: center}\n".encode(),
            b"- {qr: x, size: 6}\n- rule\n- {feed: 2}\n",
            b"- !!str 1\n- 2026-11-23\n- [0x1F, 1:30, .inf, ~]\n",
            b"- &a {text: b}\n- *a\n- {<<: *a, bold: true}\n",
        ),
        stick_parts: (_PART, _PART + _PART, _PART[:-1], b"ZZCARRY\n" + bytes(80)),
        places: (b"pci0000:00/0000:00:14.0/usb1/1-2/1-2.3/1-2.3:1.0/ttyUSB0", b"platform/soc/usb12/12-1"),
        wire_records: (
            json.dumps(Envelope.from_json(_ENVELOPE).to_json()).encode(),
            sealing.pack({"a": 1}),
            LaterPicture(b"jpeg", b"wlt").pack(),
            b"2026-11-23T00:00:00.000Z",
            b"bytes 0-4/10",
            slip_qr.slip_url("https://hub.example", "123456789" + claims.check_digit("123456789")).encode(),
        ),
    }
)
