"""What can go wrong in this room, said so that a person knows what happened and what to do."""

from __future__ import annotations

from typing import Final

from offline.bounds import Cause


class OfflineTrouble(Exception):
    """A failure of this room: what happened, whose fault it is, what to do about it."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(f"{sentence} {advice}")
        self.sentence = sentence
        self.advice = advice


class NotEnrolled(OfflineTrouble):
    """The terminal has no hub yet, so it has no key to seal to."""

    def __init__(self) -> None:
        super().__init__("这台终端还没有在中枢登记，没有保存。", "请技术人员把一次性登记码写进 terminal.toml。")


class AlreadyWriting(OfflineTrouble):
    """Another process already writes this file."""

    def __init__(self, name: str, pid: str) -> None:
        super().__init__(f"{name} 已有另一个进程在写（进程 {pid}）。", "每个文件只能有一个写进程，请先停掉那一个。")


class KeyTrouble(OfflineTrouble):
    """The key file is missing, too short or readable by others."""


class StoreTrouble(OfflineTrouble):
    """The database cannot do what was asked; nothing of the request was kept, and nothing of it will come to light."""


class DiskFull(StoreTrouble):
    """No room left; what was kept before is still kept."""

    def __init__(self) -> None:
        super().__init__("磁盘已满，这一次没有保存。", "此前保存的都还在；请技术人员清理磁盘后再办。")


class OutboxFull(StoreTrouble):
    """A bound of the terminal refuses an act of this importance; what was kept before is still kept."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(
            f"{BOUND_NAMES[cause]}，这一次没有保存。",
            "此前保存的都还在；请看 zhizhu outbox status，接通网络或清理磁盘。",
        )
        self.cause = cause


BOUND_NAMES: Final = {
    Cause.DISK: "磁盘只剩下留给已保存记录的空间",
    Cause.FILE: "终端的数据库已到上限",
    Cause.EVENTS: "等待送出的记录已到上限",
    Cause.BYTES: "等待送出的内容已到上限",
    Cause.AGE: "最早的记录等得太久，可缓办的事项暂不接收",
    Cause.SHUT_OUT: "中枢已停用这台终端",
}


class StoreLocked(StoreTrouble):
    """Someone else holds the database longer than the deadline."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} 正被别的程序占用，这一次没有保存。", "请稍后再试；一直如此请关掉占用它的程序。")


class StoreCorrupt(StoreTrouble):
    """The file cannot be read: damaged, or not encrypted with this key."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} 读不出来：文件损坏，或密钥不是它的。", "请不要删除，连同 keys 文件夹一起交给技术人员。"
        )


class DiskFault(StoreTrouble):
    """The disk refused to read or write."""

    def __init__(self, name: str) -> None:
        super().__init__(f"磁盘读写 {name} 出错，这一次没有保存。", "请技术人员检查磁盘是否已满、是否损坏，以及权限。")


class StoreInDoubt(OfflineTrouble):
    """The disk failed at the last step and could not be made to take it back: it may be kept and it may not.

    The same request, made again under the same identifier, settles it: it is never there twice.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"磁盘在最后一步出错，{name} 这一次有没有保存说不准。", "再办一次不会变成两件；请技术人员尽快检查磁盘。"
        )
