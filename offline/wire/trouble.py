"""Why bytes that came over the line were not accepted."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from offline.trouble import OfflineTrouble


class WireTrouble(OfflineTrouble):
    """Something on the line is not what both ends agreed on."""


class MalformedRecord(WireTrouble):
    """A record does not have the agreed form; `reason` says where."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"收到的记录不合约定：{reason}。", "请检查对方的软件版本。")
        self.reason = reason


class CannotUnseal(WireTrouble):
    """A sealed payload does not open with this key, or it was altered."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"密封内容打不开：{reason}。", "请核对密钥编号，并保留原记录备查。")
        self.reason = reason


class TooLarge(WireTrouble):
    """A payload is larger than whoever opens it would unpack."""

    def __init__(self) -> None:
        super().__init__("内容太长，对方不会拆开。", "请删减文字，附件请另存为附件。")


class WrongClaimCode(WireTrouble):
    """A claim code was mistyped: wrong length, or its check digit does not fit."""

    def __init__(self) -> None:
        super().__init__("取件码不对。", "请对照凭条再输一遍，取件码是十位数字。")


class BadSignature(WireTrouble):
    """A request is not signed by the terminal it names."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"请求的签名不成立：{reason}。", "请检查终端是否已在本中枢登记。")
        self.reason = reason


class ClockApart(BadSignature):
    """The signature fits, but it was made too long ago or in the future: retry with the hub's time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"时间相差 {seconds:.0f} 秒")
        self.seconds = seconds


class PartFault(StrEnum):
    """What can be wrong with a file that came on a stick."""

    STRANGE = "strange"  # not one of ours at all
    TRUNCATED = "truncated"  # the end is missing: copied or written halfway
    ALTERED = "altered"  # the bytes are not those that were written
    FORGED = "forged"  # signed by nobody who may
    FOREIGN = "foreign"  # another terminal's, or another hub's
    NEWER = "newer"  # a version this program does not know
    GAP = "gap"  # it goes on after something that never came
    MALFORMED = "malformed"  # signed, and yet not what both ends agreed on


_PART_WORDS: Final = {
    PartFault.STRANGE: ("不是智助写的文件", "请不要动 U 盘上 zhizhu-carry 文件夹里的文件。"),
    PartFault.TRUNCATED: ("只抄了一半，末尾缺失", "请插好 U 盘重新导出或重新复制。"),
    PartFault.ALTERED: ("内容损坏或被改动过", "请重新导出；一直如此请换一个 U 盘。"),
    PartFault.FORGED: ("签名对不上", "它不是所写的那一方签的，请保留 U 盘并报告中枢的运维人员。"),
    PartFault.FOREIGN: ("不是给这里的", "请核对拿的是不是这台终端、这个中枢的 U 盘。"),
    PartFault.NEWER: ("是更新版本的程序写的", "请先升级这里的智助，再插这个 U 盘。"),
    PartFault.GAP: ("接不上已收到的答复", "请在终端上重新导出一次，再带去中枢。"),
    PartFault.MALFORMED: ("内容不合约定", "请检查对方的软件版本。"),
}


class BadPart(WireTrouble):
    """A file of a stick that does not count; `fault` says what is wrong, `detail` whose it is or where."""

    def __init__(self, fault: PartFault, detail: str = "") -> None:
        what, advice = _PART_WORDS[fault]
        super().__init__(f"这个文件{what}{f'（{detail}）' if detail else ''}。", advice)
        self.fault = fault
        self.detail = detail


class NotForHere(BadPart):
    """What a stick carries the other way, or for another terminal: nobody's fault where a whole stick is read."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(PartFault.FOREIGN, detail)


class StickTrouble(WireTrouble):
    """A stick that cannot be read or written; what is whole on it still counts."""


class OldStatement(WireTrouble):
    """A statement on the hub's keys that the terminal has had already, or one from before it."""

    def __init__(self, version: int, known: int) -> None:
        super().__init__(
            f"收到第 {version} 版的密钥声明，本机已是第 {known} 版，没有采用。",
            "一次不要紧；反复出现请检查是否有人在冒充中枢。",
        )


class ProtocolGap(WireTrouble):
    """The two ends have no version of the agreement in common."""

    def __init__(self, *, terminal_too_old: bool) -> None:
        if terminal_too_old:
            super().__init__("这台终端的程序太旧，中枢已不再支持。", "数据都保留在终端上；请技术人员升级终端程序。")
        else:
            super().__init__("中枢的程序比这台终端旧，还不支持它。", "数据都保留在终端上；请中枢的运维人员升级中枢。")
        self.terminal_too_old = terminal_too_old
