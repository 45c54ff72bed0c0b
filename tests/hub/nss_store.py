"""A store for `pdfsig`, in a process of its own: `python -m tests.hub.nss_store FOLDER ROOT.der [REVOKED.crl]`.

It trusts the root, and knows what the root has revoked.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path


class _Item(ctypes.Structure):
    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_char_p), ("length", ctypes.c_uint))


class _Flags(ctypes.Structure):
    _fields_ = (("ssl", ctypes.c_uint), ("email", ctypes.c_uint), ("objects", ctypes.c_uint))


def make_store(store: str, root: Path) -> None:
    """Makes an NSS store that trusts one root, through the library that pdfsig itself uses."""
    nss = ctypes.CDLL("libnss3.so")
    for name in ("CERT_GetDefaultCertDB", "PK11_GetInternalKeySlot", "CERT_NewTempCertificate"):
        getattr(nss, name).restype = ctypes.c_void_p
    assert nss.NSS_InitReadWrite(f"sql:{store}".encode()) == 0
    slot, db = ctypes.c_void_p(nss.PK11_GetInternalKeySlot()), ctypes.c_void_p(nss.CERT_GetDefaultCertDB())
    nss.PK11_InitPin(slot, None, b"")
    der, flags = root.read_bytes(), _Flags()
    made = nss.CERT_NewTempCertificate(db, ctypes.byref(_Item(0, der, len(der))), None, 0, 1)
    assert made, "no certificate"
    certificate = ctypes.c_void_p(made)
    assert nss.PK11_ImportCert(slot, certificate, ctypes.c_ulong(0), b"root", 0) == 0
    assert nss.CERT_DecodeTrustString(ctypes.byref(flags), b"CT,C,C") == 0
    assert nss.CERT_ChangeCertTrust(db, certificate, ctypes.byref(flags)) == 0


def take_revocations(store: str, crl: Path) -> None:
    """Puts a list of revoked certificates into the store."""
    nss = ctypes.CDLL("libnss3.so")
    for name in ("PK11_GetInternalKeySlot", "PK11_ImportCRL"):
        getattr(nss, name).restype = ctypes.c_void_p
    assert nss.NSS_InitReadWrite(f"sql:{store}".encode()) == 0
    slot, der = ctypes.c_void_p(nss.PK11_GetInternalKeySlot()), crl.read_bytes()
    item = _Item(0, der, len(der))
    # SEC_CRL_TYPE, CRL_IMPORT_DEFAULT_OPTIONS, CRL_DECODE_DEFAULT_OPTIONS
    assert nss.PK11_ImportCRL(slot, ctypes.byref(item), None, 1, None, 0, None, 0), "not taken"


if __name__ == "__main__":
    if sys.argv[3:]:
        take_revocations(sys.argv[1], Path(sys.argv[3]))
    else:
        make_store(sys.argv[1], Path(sys.argv[2]))
