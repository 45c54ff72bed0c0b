"""Slips that the tests print. Everybody on them is invented."""

from __future__ import annotations

from drivers.receipt_printer.port import Feed, Line, Qr, Rule, Slip

CODE = "1234-567-890"
VERIFY = "https://zhizhu.example/verify/1234567890"
RARE = "㐀䶮𠮷㙟𫖯"
"""Characters of real names; all but 䶮, which GB18030 moved in from a private place, have four bytes."""

RARE_BYTES = "8139ee39 fe9f 9534b235 8230ad31 9838f537"

KEPT: Slip = (
    Line("智助自助终端", width=2, height=2, align="center", bold=True),
    Line("云潭镇示例村", align="center"),
    Rule(),
    Line("养老待遇资格认证", width=2, height=2, align="center"),
    Feed(1),
    Line("已保存", width=2, height=2, align="center", bold=True),
    Rule(),
    Line("办理人：林*兰"),
    Line("证件号码：4409**********1234"),
    Line("办理时间：2026-11-23 15:04"),
    Line("核验方式：帮办员作证"),
    Line("您的申请已经保存在本机，网络恢复后自动送达，不会丢失，您不用再跑一趟。"),
    Feed(1),
    Line("取件码", align="center"),
    Line(CODE, width=2, height=2, align="center", bold=True),
    Qr(VERIFY, size=6),
    Line("扫码或凭取件码、身份证查询结果", align="center"),
    Rule(),
    Line("演示，不作为办事凭证", align="center"),
)

KEPT_TEXT_80 = "\n".join(
    (
        "智助自助终端",
        "云潭镇示例村",
        "─" * 24,
        "养老待遇资格认证",
        "已保存",
        "─" * 24,
        "办理人：林*兰",
        "证件号码：4409**********1234",
        "办理时间：2026-11-23 15:04",
        "核验方式：帮办员作证",
        "您的申请已经保存在本机，网络恢复后自动送达，不会",
        "丢失，您不用再跑一趟。",
        "取件码",
        CODE,
        "扫码或凭取件码、身份证查询结果",
        "─" * 24,
        "演示，不作为办事凭证",
    )
)
"""KEPT as it must stand on 80 mm paper."""

KEPT_TEXT_58 = KEPT_TEXT_80.replace("─" * 24, "─" * 16).replace(
    "您的申请已经保存在本机，网络恢复后自动送达，不会\n丢失，您不用再跑一趟。",
    "您的申请已经保存在本机，网络恢复\n后自动送达，不会丢失，您不用再跑\n一趟。",
)
"""KEPT as it must stand on 58 mm paper."""
