"""Every setting of a terminal, declared once as data: checking, help, the console's form and the table come from it."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from kiosk.trouble import SettingsTrouble
from offline.bounds import KB, MB, Bounds
from offline.wire.attachment import MAX_TOGETHER_BYTES

Value = str | int | float | bool


@dataclass(frozen=True)
class Setting:
    """One setting: its key, type, default (None: must be given), unit, help, whether the hub may change it, bounds."""

    key: str
    type: type[str] | type[int] | type[float] | type[bool]
    default: Value | None
    zh: str
    en: str
    unit: str = ""
    remote: bool = False
    least: float | None = None
    most: float | None = None
    one_of: tuple[str, ...] = ()


_SECONDS: Final = "s"
_BOUNDS: Final = Bounds()

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("terminal.name", str, "智助终端", "终端名称，印在凭条上", "name of the terminal, printed on slips"),
    Setting("terminal.region", str, "440981102999", "12 位区划代码", "division code of 12 digits"),
    Setting(
        "terminal.language",
        str,
        "zh-Hans",
        "界面文字",
        "language of the screens",
        remote=True,
        one_of=("zh-Hans", "zh-Hant", "en"),
    ),
    Setting(
        "terminal.voice",
        str,
        "yue",
        "播报语音：yue 粤语、cmn 普通话、hak 客家话、nan 潮汕话、off 不播报",
        "voice of the prompts: yue, cmn, hak, nan or off",
        remote=True,
        one_of=("yue", "cmn", "hak", "nan", "off"),
    ),
    Setting("terminal.state_dir", str, "state", "状态目录，相对于配置文件", "state directory, relative to the file"),
    Setting(
        "terminal.tpm",
        str,
        "auto",
        "密钥封在 TPM 里：auto 有就用，off 放文件里，或写 TCTI（如 device:/dev/tpmrm0），没有就不启动",
        "keys sealed in the TPM: auto where there is one, off in files, or a TCTI that must answer",
    ),
    Setting("terminal.phone", str, "12345", "印在凭条上的咨询电话", "phone line printed on slips", remote=True),
    Setting(
        "terminal.helper_at",
        str,
        "",
        "帮办员坐在哪里（如“进门左手边服务台”），呼叫不出去时告诉居民",
        "where the helper sits, said where the bell cannot go out",
        remote=True,
    ),
    Setting("terminal.sandbox", bool, False, "演示：凭条和界面注明“演示”", "demonstration: slips and screens say so"),
    Setting("terminal.catalogue", str, "", "打包的事项目录文件，空为自带", "packed catalogue file, empty: built in"),
    Setting("hub.url", str, "http://127.0.0.1:8080", "中枢地址", "address of the hub"),
    Setting(
        "hub.public_url",
        str,
        "",
        "凭条二维码里的中枢地址，空为同 hub.url",
        "address in the QR of slips, empty: hub.url",
    ),
    Setting("hub.enrolment.key", str, "", "一次性登记码，登记后可删", "one-off enrolment key"),
    Setting("hub.ca_file", str, "", "中枢证书的签发者文件，空为系统自带", "CA file for the hub, empty: the system's"),
    Setting("hub.deadline_s", float, 8.0, "向中枢查询最多等多久", "longest wait for a look-up", _SECONDS, True, 1, 60),
    Setting("bell.deadline_s", float, 6.0, "呼叫帮办员最多等多久", "longest wait for the bell", _SECONDS, True, 1, 30),
    Setting("bell.poll_s", float, 5.0, "隔多久问有没有人来", "how often it is asked who comes", _SECONDS, True, 2, 60),
    Setting(
        "bell.doubt_s",
        float,
        60.0,
        "呼叫没有回音时，再问多久是不是已经送到",
        "how long it is asked whether an unanswered bell has arrived",
        _SECONDS,
        True,
        10,
        600,
    ),
    Setting(
        "bell.forget_s",
        float,
        1200.0,
        "连不上这么久，屏幕上不再显示那次呼叫",
        "out of reach for so long, the screen no longer tells of the bell",
        _SECONDS,
        True,
        60,
        7200,
    ),
    Setting(
        "answer.wait_s",
        float,
        20.0,
        "办完后最多等多久，看中枢当场的答复",
        "longest wait for the answer to what was just kept",
        _SECONDS,
        True,
        1,
        120,
    ),
    Setting(
        "answer.pay_wait_s",
        float,
        900.0,
        "屏幕上有缴费码时，最多等多久看缴了没有",
        "longest wait for a payment while its code is on the screen",
        _SECONDS,
        True,
        10,
        3600,
    ),
    Setting("screen.width", int, 1080, "窗口宽", "width of the window", "px", False, 600, 4320),
    Setting("screen.height", int, 1920, "窗口高", "height of the window", "px", False, 600, 7680),
    Setting("screen.full", bool, False, "全屏", "full screen"),
    Setting(
        "idle.warning_s",
        float,
        60.0,
        "无人操作多久后问“您还在吗”",
        "silence before the warning",
        _SECONDS,
        True,
        10,
        600,
    ),
    Setting(
        "idle.countdown_s",
        float,
        30.0,
        "提醒后多久清空并返回",
        "countdown of the warning",
        _SECONDS,
        True,
        5,
        120,
    ),
    Setting(
        "idle.done_s",
        float,
        45.0,
        "办完后多久提醒",
        "silence before the warning on the last screens",
        _SECONDS,
        True,
        5,
        300,
    ),
    Setting(
        "idle.bell_s",
        float,
        300.0,
        "呼叫了帮办员、人还没到时，多久没人碰才提醒",
        "silence before the warning while a helper is awaited",
        _SECONDS,
        True,
        60,
        1200,
    ),
    Setting(
        "idle.take_card_s",
        float,
        8.0,
        "“请取回身份证”显示多久",
        "how long the card is asked for",
        _SECONDS,
        True,
        3,
        60,
    ),
    Setting(
        "idle.battery_s",
        float,
        30.0,
        "停电时无人操作多久就提醒",
        "silence before the warning while on battery",
        _SECONDS,
        True,
        5,
        300,
    ),
    Setting(
        "power.poll_s", float, 2.0, "多久问一次电源", "pause between questions to the supply", _SECONDS, True, 0.5, 30
    ),
    Setting("power.deadline_s", float, 8.0, "问电源最多等多久", "longest wait for the supply", _SECONDS, True, 1, 30),
    Setting("power.cut_s", float, 3.0, "停电多久才算停电", "a shorter blip is no power cut", _SECONDS, True, 0, 60),
    Setting(
        "power.back_s", float, 5.0, "来电多久才算来电", "mains must hold so long to be back", _SECONDS, True, 0, 300
    ),
    Setting(
        "power.silent_s",
        float,
        300.0,
        "停电中问不到电源，多久后照常办理",
        "a supply silent on battery is believed so long",
        _SECONDS,
        True,
        10,
        3600,
    ),
    Setting("door.poll_s", float, 1.0, "多久看一次柜门", "pause between looks at the cabinet", _SECONDS, True, 0.2, 60),
    Setting("door.deadline_s", float, 4.0, "看柜门最多等多久", "longest look at the cabinet", _SECONDS, True, 1, 30),
    Setting("face.tries", int, 3, "刷脸最多几次", "tries of the face check", "", True, 1, 10),
    Setting("face.deadline_s", float, 30.0, "一次刷脸最长时间", "longest face check", _SECONDS, True, 5, 120),
    Setting("face.models_dir", str, "", "人脸模型目录，空为状态目录下 models", "folder of the face models"),
    Setting("face.decoder", str, "", "身份证照片解码程序，空为没有", "decoder of the card photo, empty: none"),
    Setting(
        "certificate.copies",
        int,
        3,
        "一次来办，证明最多打几次",
        "how often certificates are printed in one visit",
        "",
        True,
        1,
        10,
    ),
    Setting(
        "certificate.wait_s",
        float,
        60.0,
        "刚批准的证明，最多等多久盖好章",
        "longest wait for the seal of what was just approved",
        _SECONDS,
        True,
        5,
        300,
    ),
    Setting(
        "certificate.print_s",
        float,
        120.0,
        "打一份证明最多等多久",
        "longest wait for the document printer",
        _SECONDS,
        True,
        30,
        600,
    ),
    Setting(
        "certificate.printer_at",
        str,
        "",
        "这台机器打不了证明时，告诉居民最近的在哪里",
        "where the nearest printer for certificates stands, said where this terminal has none",
        remote=True,
    ),
    Setting("slip.copies", int, 3, "一张凭条最多打印几次", "copies of one slip", "", True, 1, 10),
    Setting("slip.deadline_s", float, 25.0, "打印最多等多久", "longest wait for the printer", _SECONDS, True, 3, 120),
    Setting("store.deadline_s", float, 10.0, "保存最多等多久", "longest wait for storage", _SECONDS, True, 1, 60),
    Setting("card.poll_s", float, 0.25, "多久找一次卡", "pause between looks for a card", _SECONDS, True, 0.1, 2),
    Setting("card.deadline_s", float, 6.0, "读卡最多等多久", "longest reading of a card", _SECONDS, True, 1, 30),
    Setting("scan.poll_s", float, 0.3, "多久看一次扫码口", "pause between looks for a code", _SECONDS, True, 0.1, 2),
    Setting("scan.deadline_s", float, 4.0, "扫码最多等多久", "longest look for a code", _SECONDS, True, 1, 30),
    Setting("device.health_s", float, 10.0, "多久查一次设备", "pause between health checks", _SECONDS, True, 2, 120),
    Setting(
        "device.health_fresh_s",
        float,
        60.0,
        "多久没有设备消息就当“不清楚”（至少三次检查）",
        "silence after which a device is unknown (three checks at least)",
        _SECONDS,
        True,
        10,
        3600,
    ),
    Setting("device.grace_s", float, 10.0, "设备不见多久才算断开", "absence that counts", _SECONDS, True, 0, 300),
    Setting("device.misses", int, 3, "连续几次找不到才算断开", "misses in a row that count", "", True, 1, 20),
    Setting(
        "device.rescan_s", float, 2.0, "多久看一次接口", "pause between looks at the ports", _SECONDS, True, 0.5, 60
    ),
    Setting("device.reopen_s", float, 5.0, "设备断开后多久重连", "pause before reopening", _SECONDS, True, 1, 120),
    Setting(
        "status.write_s", float, 5.0, "多久写一次 status.json", "pause between status files", _SECONDS, False, 1, 20
    ),
    Setting("agent.heartbeat_s", float, 60.0, "多久报一次平安", "pause between heartbeats", _SECONDS, True, 0.2, 3600),
    Setting(
        "agent.changes_s", float, 30.0, "多久问一次中枢", "pause between polls of the feed", _SECONDS, True, 0.2, 3600
    ),
    Setting("agent.changes_soon_s", float, 1.0, "刚送出后多久问", "pause after sending", _SECONDS, True, 0.1, 60),
    Setting(
        "agent.poll_s", float, 0.5, "多久看一次发件箱", "pause between looks at the outbox", _SECONDS, True, 0.05, 5
    ),
    Setting("agent.longest_wait_s", float, 300.0, "重试最长间隔", "longest pause of retries", _SECONDS, True, 1, 3600),
    Setting("agent.deadline_s", float, 20.0, "一次请求最多等多久", "deadline of a request", _SECONDS, True, 1, 120),
    Setting(
        "agent.picture_hold_hours",
        float,
        24.0,
        "中枢一直不收照片时，申请最多等多久就先送",
        "how long an application waits for a picture that the hub keeps refusing",
        "h",
        True,
        0.001,
        720,
    ),
    Setting(
        "agent.picture_orphan_hours",
        float,
        24.0,
        "没有办成的照片最多留多久",
        "age at which a picture of an unfinished visit is deleted",
        "h",
        True,
        1,
        720,
    ),
    Setting(
        "draft.minutes",
        float,
        10.0,
        "办到一半停电，本人几分钟内可以接着办，过后销毁",
        "how long a visit cut by the power waits for the same card before it is shredded",
        "min",
        True,
        0.1,
        60,
    ),
    Setting(
        "privacy.restart_idle_s",
        float,
        30.0,
        "有人办过事后，首屏无人触碰多久就换新进程，0 为从不",
        "after a visit, how long the first screen must stand untouched before the process is replaced; 0: never",
        _SECONDS,
        True,
        0,
        3600,
    ),
    Setting(
        "outbox.max_events",
        int,
        _BOUNDS.max_events,
        "最多存多少条还没送出的记录",
        "events that may wait for the hub",
        "",
        True,
        1,
        1_000_000,
    ),
    Setting(
        "outbox.max_mb",
        int,
        _BOUNDS.max_bytes // MB,
        "还没送出的记录和照片最多占多少",
        "what waiting events and pictures may take",
        "MB",
        True,
        1,
        1_000_000,
    ),
    Setting(
        "outbox.max_age_days",
        float,
        _BOUNDS.max_age_days,
        "最早的记录等了多久，就不再收可缓办的事项（已存的不会过期）",
        "age of the oldest at which deferrable items are refused; nothing kept expires",
        "d",
        True,
        0.01,
        3650,
    ),
    Setting(
        "outbox.file_max_mb",
        int,
        _BOUNDS.file_max_bytes // MB,
        "终端数据库最大多少",
        "largest size of terminal.db",
        "MB",
        True,
        1,
        1_000_000,
    ),
    Setting(
        "disk.reserve_mb",
        int,
        _BOUNDS.reserve_bytes // MB,
        "磁盘留多少给已保存的记录；余两倍时只收重要的，余四倍时不收可缓办的",
        "free space kept for what was acknowledged; twice as much for ordinary items, four times for deferrable ones",
        "MB",
        True,
        0,
        100_000,
    ),
    Setting(
        "attachment.together_kb",
        int,
        MAX_TOGETHER_BYTES // KB,
        "一件里的附件（扫描件、照片、语音）封好后合起来最大多少",
        "largest sum of the sealed attachments of one act",
        "KB",
        True,
        64,
        MAX_TOGETHER_BYTES // KB,
    ),
    Setting("scan.pages", int, 6, "一份材料最多扫几页", "pages of one scanned paper", "", True, 1, 20),
    Setting("voice.seconds", float, 30.0, "一段语音最长多少秒", "length of a voice note", "s", True, 3, 55),
    Setting(
        "give.deadline_s",
        float,
        15.0,
        "高拍仪、摄像头、话筒多久不应就不等了",
        "how long a camera or microphone may take to answer when something is given",
        "s",
        True,
        3,
        60,
    ),
    Setting(
        "attachment.max_kb",
        int,
        _BOUNDS.attachment_max_bytes // KB,
        "一张照片封好后最大多少",
        "largest sealed picture",
        "KB",
        True,
        16,
        2048,
    ),
    Setting(
        "outbox.keep_days",
        int,
        90,
        "办结并拿到凭条的记录在本机留几天，之后只留散列",
        "days an answered act with a slip stays readable here; then only its hash does",
        "d",
        True,
        1,
        3650,
    ),
    Setting(
        "outbox.unclaimed_days",
        int,
        365,
        "办结了但没拿到凭条的记录在本机留几天",
        "days an answered act stays readable whose slip nobody is known to hold",
        "d",
        True,
        1,
        3650,
    ),
    Setting("demo.network_file", str, "", "演示用：有这个文件就当断网", "demonstration: this file means no network"),
    Setting("code.tries", int, 5, "取件码最多输错几次", "tries of a claim code in one visit", "", True, 1, 20),
)
BY_KEY: Final[Mapping[str, Setting]] = MappingProxyType({each.key: each for each in SETTINGS})

# role in terminal.toml → kind of device in drivers.registry
ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id_card": "id_card",
        "receipt_printer": "receipt_printer",
        "document_printer": "document_printer",
        "face_camera": "camera",
        "document_camera": "camera",
        "code_scanner": "code_scanner",
        "social_card": "social_card",
        "audio": "audio",
        "ups": "power",
        "door": "digital_line",
        "presence": "digital_line",
    }
)


@dataclass(frozen=True)
class DeviceSetting:
    """One `[devices.ROLE]` table: which driver over which link; whatever else stands there goes to the driver."""

    role: str
    kind: str
    driver: str | None
    link: str
    options: Mapping[str, Value] = field(default_factory=dict)


class Settings:
    """The settings of one terminal, checked."""

    def __init__(
        self, values: Mapping[str, Value], devices: Mapping[str, DeviceSetting], path: Path | None = None
    ) -> None:
        self._values = MappingProxyType({each.key: each.default for each in SETTINGS} | dict(values))
        self.devices = MappingProxyType(dict(devices))
        self.path = path

    @classmethod
    def load(cls, path: Path, overrides: Iterable[str] = ()) -> Settings:
        """Reads terminal.toml, then `KEY=VALUE` overrides over it; raises SettingsTrouble with file and key."""
        values, devices = _read(path, _parsed(path))
        for override in overrides:
            key, value = _override(override)
            values[key] = value
        return cls(values, devices, path)

    @classmethod
    def of(cls, **values: Value) -> Settings:
        """Defaults and what is given (`idle__warning_s=5` for idle.warning_s); for tests and tools."""
        return cls({name.replace("__", "."): value for name, value in values.items()}, {})

    def text(self, key: str) -> str:
        """A setting that is a text."""
        value = self._values[key]
        assert isinstance(value, str), key
        return value

    def number(self, key: str) -> float:
        """A setting that is a number."""
        value = self._values[key]
        assert isinstance(value, int | float), key
        return value

    def whole(self, key: str) -> int:
        """A setting that counts."""
        value = self._values[key]
        assert isinstance(value, int), key
        return value

    def flag(self, key: str) -> bool:
        """A setting that is true or false."""
        value = self._values[key]
        assert isinstance(value, bool), key
        return value

    @property
    def state_dir(self) -> Path:
        """Where the terminal remembers; a relative path counts from the file."""
        given = Path(self.text("terminal.state_dir")).expanduser()
        base = self.path.parent if self.path is not None else Path.cwd()
        return given if given.is_absolute() else base / given


def _parsed(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise SettingsTrouble(
            f"没有配置文件 {path}。", "请用 --config 指出 terminal.toml，或先运行安装程序。"
        ) from None
    except IsADirectoryError:
        raise SettingsTrouble(f"{path} 是文件夹，不是配置文件。", "请用 --config 指出 terminal.toml。") from None
    except tomllib.TOMLDecodeError as wrong:
        raise SettingsTrouble(f"配置文件 {path} 写法有误：{wrong}。", "请改正这一处再启动。") from None
    except UnicodeDecodeError:
        raise SettingsTrouble(f"配置文件 {path} 不是 UTF-8 文字。", "请用 UTF-8 另存。") from None
    except OSError as failure:
        raise SettingsTrouble(f"读不了配置文件 {path}（{failure.strerror}）。", "请检查权限。") from None


def _read(path: Path, tables: dict[str, Any]) -> tuple[dict[str, Value], dict[str, DeviceSetting]]:
    values: dict[str, Value] = {}
    devices: dict[str, DeviceSetting] = {}
    for table, content in tables.items():
        if not isinstance(content, dict):
            raise _unknown(str(path), table)
        if table == "devices":
            devices = {role: _device(path, role, entry) for role, entry in content.items()}
            continue
        for key, value in _flat(table, content):
            values[key] = _checked(str(path), key, value)
    return values, devices


def _flat(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}.{name}", value)
        else:
            yield f"{prefix}.{name}", value


def _device(path: Path, role: str, entry: object) -> DeviceSetting:
    where = f"{path} [devices.{role}]"
    if role not in ROLES:
        raise SettingsTrouble(f"{where}：没有“{role}”这种设备角色。", _nearest(role, ROLES))
    if not isinstance(entry, dict) or not isinstance(entry.get("link"), str) or not entry["link"]:
        raise SettingsTrouble(f"{where} 缺少 link。", '例如 link = "serial:///dev/ttyUSB0?baud=115200"。')
    driver = entry.get("driver")
    if driver is not None and not isinstance(driver, str):
        raise SettingsTrouble(f"{where} 的 driver 应是文字。", "运行 zhizhu device list 看有哪些驱动。")
    options: dict[str, Value] = {}
    for name, value in entry.items():
        if name in ("driver", "link"):
            continue
        if not isinstance(value, str | int | float | bool):
            raise SettingsTrouble(f"{where} 的 {name} 应是文字、数字或 true/false。", "请改正这一处。")
        options[name] = value
    return DeviceSetting(role, ROLES[role], driver, entry["link"], MappingProxyType(options))


def _override(override: str) -> tuple[str, Value]:
    key, equals, text = override.partition("=")
    key = key.strip()
    if not equals or not key:
        raise SettingsTrouble(f"--set {override} 不是“键=值”。", "例如 --set idle.warning_s=90。")
    if key.startswith("devices."):
        raise SettingsTrouble(f"--set 不能改设备（{key}）。", "请改 terminal.toml。")
    if key not in BY_KEY:
        raise _unknown("--set", key)
    return key, _checked("--set", key, _of_text("--set", BY_KEY[key], text.strip()))


def _of_text(where: str, setting: Setting, text: str) -> Value:
    try:
        if setting.type is bool:
            return {"true": True, "false": False}[text.lower()]
        return setting.type(text)
    except (KeyError, ValueError):
        raise _wrong_type(where, setting, text) from None


def _checked(where: str, key: str, value: object) -> Value:
    setting = BY_KEY.get(key)
    if setting is None:
        raise _unknown(where, key)
    if setting.type is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not setting.type:
        raise _wrong_type(where, setting, value)
    assert isinstance(value, str | int | float | bool)
    if setting.one_of and value not in setting.one_of:
        raise SettingsTrouble(f"{where}：{key} 不能是“{value}”。", f"可以是：{'、'.join(setting.one_of)}。")
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = setting.least, setting.most
        # written so that a NaN, which compares as false with everything, is refused too
        if not ((low is None or value >= low) and (high is None or value <= high)):
            raise SettingsTrouble(f"{where}：{key} = {value} 超出范围。", f"应在 {low} 到 {high} {setting.unit}之间。")
    return value


_TYPE_NAMES: Final = {str: "文字", int: "整数", float: "数字", bool: "true 或 false"}


def _wrong_type(where: str, setting: Setting, value: object) -> SettingsTrouble:
    return SettingsTrouble(
        f"{where}：{setting.key} 应是{_TYPE_NAMES[setting.type]}，现在是“{value}”。", f"含义：{setting.zh}。"
    )


def _unknown(where: str, key: str) -> SettingsTrouble:
    return SettingsTrouble(f"{where}：没有“{key}”这一项设置。", _nearest(key, BY_KEY))


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f"是不是想写 {near[0]}？" if near else f"可以用的有：{'、'.join(sorted(known))}。"


def settings_table() -> str:
    """All settings as a Markdown table."""
    rows = ["| 键 key | 默认 default | 单位 unit | 远程 remote | 含义 meaning |", "|---|---|---|---|---|"]
    for each in SETTINGS:
        default = f'"{each.default}"' if isinstance(each.default, str) else str(each.default).lower()
        remote = "是 yes" if each.remote else ""
        rows.append(f"| `{each.key}` | `{default}` | {each.unit} | {remote} | {each.zh}. {each.en} |")
    return "\n".join(rows) + "\n"


def settings_schema() -> dict[str, object]:
    """The JSON Schema that a terminal uploads at enrolment; the console makes its form from the remote ones."""
    names = {str: "string", int: "integer", float: "number", bool: "boolean"}
    properties: dict[str, object] = {}
    for each in SETTINGS:
        entry: dict[str, object] = {
            "type": names[each.type],
            "default": each.default,
            "title": each.zh,
            "description": each.en,
            "x-unit": each.unit,
            "x-remote": each.remote,
        }
        if each.one_of:
            entry["enum"] = list(each.one_of)
        if each.least is not None:
            entry["minimum"] = each.least
        if each.most is not None:
            entry["maximum"] = each.most
        properties[each.key] = entry
    return {"type": "object", "additionalProperties": False, "properties": properties}
