"""The two code tables a card is written in: sex (GB/T 2261.1) and ethnic group (GB/T 3304)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SEXES: Final[Mapping[str, str]] = MappingProxyType({"0": "未知", "1": "男", "2": "女", "9": "未说明"})

_GROUPS: Final = (
    "01汉 02蒙古 03回 04藏 05维吾尔 06苗 07彝 08壮 09布依 10朝鲜 11满 12侗 13瑶 14白 15土家 16哈尼 17哈萨克 18傣 "
    "19黎 20傈僳 21佤 22畲 23高山 24拉祜 25水 26东乡 27纳西 28景颇 29柯尔克孜 30土 31达斡尔 32仫佬 33羌 34布朗 "
    "35撒拉 36毛南 37仡佬 38锡伯 39阿昌 40普米 41塔吉克 42怒 43乌孜别克 44俄罗斯 45鄂温克 46德昂 47保安 48裕固 "
    "49京 50塔塔尔 51独龙 52鄂伦春 53赫哲 54门巴 55珞巴 56基诺 97其他 98外国血统中国籍人士"
)
ETHNIC_GROUPS: Final[Mapping[str, str]] = MappingProxyType({entry[:2]: entry[2:] for entry in _GROUPS.split()})


def sex_code(text: str) -> str:
    """The code for 男/女/…, for male/female, or for a code itself; raises ValueError for anything else."""
    known = {**{name: code for code, name in SEXES.items()}, "male": "1", "female": "2", "m": "1", "f": "2"}
    code = known.get(text.lower(), text)
    if code not in SEXES:
        raise ValueError(f"no such sex: {text!r}; there are {', '.join(SEXES.values())}")
    return code


def ethnic_code(text: str) -> str:
    """The code for a group's name (with or without 族) or for a code itself; raises ValueError for anything else."""
    known = {name: code for code, name in ETHNIC_GROUPS.items()}
    code = known.get(text) or known.get(text.removesuffix("族")) or text
    if code not in ETHNIC_GROUPS:
        raise ValueError(f"no such ethnic group: {text!r}")
    return code
