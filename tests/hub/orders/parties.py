"""Every outside party that the hub has to do with, and how each can be late, wrong, silent, or say things twice.

A party is a row here: the classes of the hub that speak to it (or for it, in the sandbox), and its manners by their
kind. `test_every_party.py` finds the classes by their ports and fails on one that no row names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from hub.delivery.sandbox import Manner as CourierManner
from hub.gateway.sandbox import Manner as SourceManner
from hub.gateway.sandbox import SandboxSources
from hub.notices.sms_sandbox import Manner as SmsManner
from hub.notices.sms_sandbox import SandboxSms
from hub.payments.sandbox import Behaviour
from seeds.data_sources import DataSources
from tests.hub.orders.ground import Ground
from tests.hub.orders.outside import CENTRE, STAMPS

Kind = Literal["late", "wrong", "silent", "twice"]
KINDS: Final[tuple[Kind, ...]] = ("late", "wrong", "silent", "twice")
WELL: Final = "well"
DECODER: Final = "kiosk.face.wlt.WltDecoder"
BY_RULE: Final[Mapping[Kind, tuple[str, ...]]] = {kind: (kind,) for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Party:
    """One outside party; without `behave` it comes to us, and the machine has a rule of its own for it.

    A party with which no case has to do names the test that tries it (`tried_in`).
    """

    name: str
    classes: tuple[str, ...]
    manners: Mapping[Kind, tuple[str, ...]]
    behave: Callable[[Ground, str], None] | None = None
    tried_in: str = ""


def _source(source: str) -> Callable[[Ground, str], None]:
    def behave(ground: Ground, manner: str) -> None:
        SandboxSources(ground.hub).behave(source, cast("SourceManner", manner))
        if ground.is_node:
            SandboxSources(ground.world.centre).behave(source, cast("SourceManner", manner))

    return behave


def _courier(ground: Ground, manner: str) -> None:
    ground.courier.behave(cast("CourierManner", manner))


_CHANNEL: Final = {
    WELL: Behaviour(),
    "notice late": Behaviour(notice="late"),
    "notice twice": Behaviour(notice="twice"),
    "notice of another amount": Behaviour(notice="wrong"),
    "no notice": Behaviour(notice="never"),
    "deaf": Behaviour(notice="never", query="silent", refund="silent", statement="silent"),
    "refunds late": Behaviour(refund="silent"),
    "another's line in the statement": Behaviour(statement="unknown"),
}


def _channel(ground: Ground, manner: str) -> None:
    ground.channel.behave(_CHANNEL[manner])


def _outside(party: str) -> Callable[[Ground, str], None]:
    def behave(ground: Ground, manner: str) -> None:
        ground.world.outside.manners[party] = manner

    return behave


def _sms(ground: Ground, manner: str) -> None:
    SandboxSms(ground.hub).behave(cast("SmsManner", manner))


_SOURCE: Final[Mapping[Kind, tuple[str, ...]]] = {
    "late": ("late",),
    "wrong": ("wrong", "old"),
    "silent": ("silent",),
    "twice": ("twice",),
}
_GATEWAY: Final = ("hub.gateway.sandbox.SandboxSources", "hub.prefill.source.GatewaySource")
PARTIES: Final[tuple[Party, ...]] = (
    # `test_every_source.py` sees that none is missing.
    *(Party(one.id, _GATEWAY, _SOURCE, _source(one.id)) for one in DataSources.load().all),
    Party("centre", ("hub.gateway.remote.NodeSources",), BY_RULE, _outside(CENTRE)),
    Party(
        "channel",
        ("hub.payments.sandbox.SandboxChannel",),
        {
            "late": ("notice late", "refunds late"),
            "wrong": ("notice of another amount", "another's line in the statement"),
            "silent": ("no notice", "deaf"),
            "twice": ("notice twice",),
        },
        _channel,
    ),
    Party("courier", ("hub.delivery.sandbox.SandboxCourier",), BY_RULE, _courier),
    Party(
        "stamps",
        ("hub.certificates.time_stamps.HttpTimeStamps", "hub.certificates.time_stamps.SandboxTimeStamps"),
        BY_RULE,
        _outside(STAMPS),
    ),
    Party(
        "sms",
        ("hub.notices.sms_sandbox.SandboxSms",),
        {"late": ("late",), "wrong": ("wrong", "garbled", "undelivered"), "silent": ("silent",), "twice": ("twice",)},
        _sms,
    ),
    Party(
        "banks for loans, and utilities",
        ("hub.referrals.sandbox.SandboxParty",),
        BY_RULE,
        tried_in="tests/hub/referrals/test_loan_need.py",
    ),
    Party(
        "developers",
        ("hub.houses.sandbox.SandboxDeveloper",),
        BY_RULE,
        tried_in="tests/hub/houses/test_lists.py",
    ),
    Party(
        "province's sign-in",
        ("hub.identity.oidc.provider.HttpProvider",),
        BY_RULE,
        tried_in="tests/hub/identity/test_province_sign_in.py",
    ),
    # Of the terminal, and asked there: the program that makes a picture of a card's bytes.
    Party("card photo's decoder", (DECODER,), BY_RULE, tried_in="tests/kiosk/face/test_decoder.py"),
    # It asks us: late (its signature is old), wrong (another's key, another's facts), twice (the same request again).
    Party("bank", ("hub.vouchers.readers",), BY_RULE),
)
BEHAVING: Final = tuple(party for party in PARTIES if party.behave is not None)
CHOICES: Final = tuple((party.name, manner) for party in BEHAVING for kind in KINDS for manner in party.manners[kind])
"""Whom the machine can have behave in which way."""


def behave(ground: Ground, name: str, manner: str) -> None:
    """Has a party behave so from now on."""
    for party in BEHAVING:
        if party.name == name and party.behave is not None:
            party.behave(ground, manner)


def all_well(ground: Ground) -> None:
    """Every party comes to itself."""
    for party in BEHAVING:
        if party.behave is not None:
            party.behave(ground, WELL)
