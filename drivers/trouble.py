"""The one family of errors this room raises: each says what happened, whose fault it is, and what to do."""

from __future__ import annotations


class DeviceTrouble(Exception):
    """A device could not be used. `code` is stable; `sentence` and `advice` are what a technician reads."""

    def __init__(self, code: str, sentence: str, advice: str) -> None:
        super().__init__(f"{code}: {sentence} {advice}")
        self.code = code
        self.sentence = sentence
        self.advice = advice


class WrongState(DeviceTrouble):
    """A call that the device's state does not allow: the caller's mistake, so it is raised and never reported."""

    def __init__(self, call: str, state: str) -> None:
        super().__init__(
            "device.wrong_state",
            f"设备处于“{state}”状态时调用了 {call}，这是程序的错误。",
            "请把这句话报告给维护者。",
        )
