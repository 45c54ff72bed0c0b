"""Why an event was laid aside, in a technician's and an operator's words: what is wrong, whose fault, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason as a sentence, and what helps."""

    sentence: str
    advice: str


_ASK: Final = "请把编号和这句话交给中枢的运维员。"
REASONS: Final[Mapping[str, Explained]] = MappingProxyType(
    {
        "malformed": Explained(
            "中枢读不懂这条记录的格式，终端的程序可能比中枢新。", "请升级中枢，然后重放；升级后仍读不懂就是程序的错。"
        ),
        "foreign_source": Explained(
            "这条记录自称来自别的终端，可能是状态目录被复制到了另一台机器。", "请查两台机器；不能重放。"
        ),
        "chain_fork": Explained(
            "同一个序号来过另一条记录，终端可能恢复过旧备份。", "请先查清终端的过去，确认是真的办理后再重放。"
        ),
        "chain_broken": Explained(
            "与前一条记录对不上，终端的记录可能坏过或被改动。", "请在终端运行 zhizhu outbox verify，查清后再重放。"
        ),
        "id_conflict": Explained("同一个编号来过不同的内容，终端的记录被改动过。", "先到的那条有效；请派人查看终端。"),
        "unknown_type": Explained("中枢的事项目录里没有这种事项。", "请更新中枢的事项目录或程序，然后重放。"),
        "unknown_key": Explained(
            "密封用的密钥不在中枢的密钥环里，可能是密钥目录没有恢复全。",
            "请用 zhizhu hub keys import 找回那把密钥，然后重放。",
        ),
        "cannot_unseal": Explained(
            "密封的内容打不开，在路上或磁盘上坏了。", "终端上还有原件：请不要清理终端，交给维护者。"
        ),
        "payload_invalid": Explained(
            "申请的内容不合事项的约定，终端的事项目录可能和中枢的不一样新。", "请更新中枢的事项目录，然后重放。"
        ),
        "case_unknown": Explained(
            "这条记录说的办件还没有到中枢，可能还存在另一台终端里。", "请等那台终端联网送到，然后重放。"
        ),
        "call_failed": Explained("中枢处理这条记录时出错了，不是群众的原因。", "请把编号交给维护者，修好后重放。"),
        "item_mismatch": Explained("申请写的事项和记录的类型不符，是终端程序的错。", _ASK),
    }
)
_OTHER: Final = Explained("中枢没有接受这条记录。", _ASK)


def explained(reason: str) -> Explained:
    """The sentence of a reason as it travels (`code` or `code: detail`)."""
    return REASONS.get(reason.partition(":")[0], _OTHER)
