"""Why a certificate cannot be made just now; each code has its sentence in the texts (`hub.paper.trouble.…`)."""

from __future__ import annotations

from hub.trouble import HubTrouble


class PaperTrouble(HubTrouble):
    """A certificate is not made: `code` names why, `waits` says that trying again later may help."""

    def __init__(self, code: str, sentence: str, advice: str, *, waits: bool) -> None:
        super().__init__(sentence, advice)
        self.code = code
        self.waits = waits


class StampTrouble(PaperTrouble):
    """The time-stamp authority is silent, or what it says is no time-stamp of this document."""

    def __init__(self, sentence: str) -> None:
        super().__init__("time_stamp", sentence, "会自动再试，办件不受影响。It is tried again by itself.", waits=True)


class SealTrouble(PaperTrouble):
    """There is no seal that may be used: none, not yet or no longer valid, retired or revoked."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "seal", sentence, "请在印章登记里启用可用的印章。Register a seal that may be used.", waits=True
        )


class SignatureTrouble(PaperTrouble):
    """The signature that has to stand on it has not come yet, or cannot be opened."""

    def __init__(self) -> None:
        advice = "送到以后会自动做好。It is made once it has come."
        super().__init__("signature", "申请人的签名还没有送到，或打不开。", advice, waits=True)


class EarlierTrouble(PaperTrouble):
    """What is suspended or revoked gets no new version: that would count again without anybody having resumed it."""

    def __init__(self, state: str) -> None:
        said = "暂停使用" if state == "suspended" else "撤销"
        advice = "恢复以后会自动换发。It is made once that is resumed."
        super().__init__(state, f"要换发的证照已经{said}，没有换发。", advice, waits=state == "suspended")


class ContentTrouble(PaperTrouble):
    """What the certificate has to say is not among what the rule read."""

    def __init__(self, sentence: str) -> None:
        super().__init__("content", sentence, "请由工作人员核对这个办件。A clerk has to look at the case.", waits=False)
