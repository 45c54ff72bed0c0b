"""Seals the slips that this terminal prints, and knows its own again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import get_args

from kiosk.journey.claim import ClaimView
from kiosk.journey.effects import KeepEvent
from kiosk.services.real_names import attesting
from offline.keys import signing_key
from offline.wire.canonical import b64
from offline.wire.sealing import key_id
from offline.wire.signing import signing_public
from offline.wire.slip_qr import SlipQr
from offline.wire.slip_seal import SlipState, seal_slip
from offline.wire.slip_signers import Genuineness, SlipSigner, judge


class SlipSeals:
    """Made with the terminal's signing key; the hub has its public part and tells anyone whose it is."""

    def __init__(self, signing_private: bytes) -> None:
        self._private = signing_private
        public = signing_public(signing_private)
        self._own = SlipSigner(key_id=key_id(public), public=b64(public), terminal="own", name="own", place="")

    @classmethod
    def open(cls, state_dir: Path) -> SlipSeals:
        """With the key of the terminal whose state this is; raises KeyTrouble."""
        return cls(signing_key(state_dir))

    def seal(self, claim: ClaimView, at: datetime) -> str:
        """The seal of a slip of this case that is printed now."""
        states = {word: word for word in get_args(SlipState)}
        return seal_slip(
            self._private, claim.claim_code, claim.stage.value, states.get(claim.state, ""), claim.item, at
        )

    def attest(self, effect: KeepEvent, name: str, now: datetime) -> dict[str, str]:
        """How this terminal made sure of who applies, signed with the same key."""
        return attesting(self._private)(effect, name, now)

    def judge(self, slip: SlipQr) -> Genuineness:
        """What can be said of a slip without a line: unknown when another terminal signed it."""
        return judge(slip, lambda name: self._own if name == self._own.key_id else None).word
