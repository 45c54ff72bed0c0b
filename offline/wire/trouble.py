"""Why bytes that came over the line were not accepted."""

from __future__ import annotations

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
