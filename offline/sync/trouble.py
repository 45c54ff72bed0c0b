"""Why a request to the hub gave no result."""

from __future__ import annotations

from offline.trouble import OfflineTrouble
from offline.wire.batch import PROBLEM_PREFIX, Problem


class LineTrouble(OfflineTrouble):
    """The line to the hub cannot be set up as the settings say."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "请检查设置 hub.ca_file 和 hub.url。")


class HubSilent(OfflineTrouble):
    """No usable answer: no network, too late, too long, or not what was agreed."""

    def __init__(self, why: str) -> None:
        super().__init__(f"中枢没有应答（{why}）。", "数据都在本机，恢复网络后会自动送达。")
        self.why = why


class HubUnproven(HubSilent):
    """Somebody answered, but not with the hub's signature: nothing of it is believed."""

    def __init__(self) -> None:
        super().__init__("答复没有中枢的签名")
        self.sentence = "收到的答复不是中枢签的，没有采信。"
        self.advice = "数据都在本机。一直如此请技术人员检查 hub.url 和网络：可能有别的机器在冒充中枢。"


class HubRefused(OfflineTrouble):
    """The hub answered with an error; `problem` says whether to try again, and when."""

    def __init__(self, status: int, problem: Problem, retry_after_s: float | None) -> None:
        said = problem.detail or problem.title or f"HTTP {status}"
        super().__init__(f"中枢拒绝了请求（{status}：{said}）。", "请把这句话告诉中枢的运维人员。")
        self.status = status
        self.problem = problem
        self.retry_after_s = retry_after_s

    def says(self, code: str) -> bool:
        """Whether the hub's problem is of this kind."""
        return self.problem.type == f"{PROBLEM_PREFIX}{code}"

    @property
    def about_the_content(self) -> bool:
        """Whether the same bytes will be refused again, so that the event must be laid aside."""
        return self.problem.park or (self.status in (400, 413, 415, 422) and not self.problem.retryable)

    @property
    def busy(self) -> bool:
        """Whether the hub has too much to do (RFC 9110 §15.6.4, RFC 6585 §4), and may say for how long."""
        return self.status in (429, 503)

    @property
    def too_much(self) -> bool:
        """Whether a smaller batch may pass."""
        return self.status == 413
