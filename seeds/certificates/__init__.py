"""Kinds of electronic certificates (电子证照), as data: what they say, who seals them, how long they hold."""

from seeds.certificates.kinds import CertificateKind, CertificateKinds, PaperField

__all__ = ["CertificateKind", "CertificateKinds", "PaperField"]
