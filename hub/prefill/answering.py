"""Answers one question of a terminal; what is told of somebody is in the gateway's log before it is told."""

from __future__ import annotations

from pydantic import ValidationError

from hub.hub import Hub
from hub.moments import local_day
from hub.prefill.source import PrefillSource
from hub.problems import Problem
from offline.wire.canonical import b64, unb64
from offline.wire.event import MAX_DATA_BYTES
from offline.wire.prefill import PrefillQuestion, SealedReply, question_aad, reply_aad
from offline.wire.sealing import seal
from offline.wire.trouble import WireTrouble
from seeds.trouble import UnknownItem

_KEY_BYTES = 32


def opened(hub: Hub, terminal_id: str, untrusted: object) -> PrefillQuestion:
    """The question of a request's body; raises Problem."""
    try:
        sealed = unb64(untrusted.get("sealed") if isinstance(untrusted, dict) else None, MAX_DATA_BYTES)
        question = PrefillQuestion.model_validate(hub.keys.unseal(sealed, question_aad(terminal_id)))
        unb64(question.reply_to, _KEY_BYTES)
    except WireTrouble as error:
        raise Problem("malformed", 400, f"{error.sentence}{error.advice}", park=True) from None
    except ValidationError:
        raise Problem("malformed", 400, "预填查询的内容不合约定。", park=True) from None
    return question


def answered(hub: Hub, source: PrefillSource, terminal_id: str, question: PrefillQuestion) -> SealedReply:
    """The answer, sealed to the question's own key."""
    try:
        item = hub.catalogue.item(question.item)
    except UnknownItem:
        raise Problem("unknown_item", 404, "事项目录里没有这个事项。", park=True) from None
    told = source.told(item, question, terminal_id, local_day(hub.clock()))
    sealed = seal(told.model_dump(mode="json"), unb64(question.reply_to, _KEY_BYTES), reply_aad(terminal_id))
    return SealedReply(sealed=b64(sealed))
