"""The file `catalogue new` writes: every place a person has to fill in holds 待填, so that `check` finds it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from seeds.catalogue.files import DEPARTMENT_FILE
from seeds.trouble import SeedTrouble

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_WORDS: Final = "{zh-Hans: 待填, zh-Hant: 待填, en: 待填}"
_DEPARTMENT: Final = f"name: {_WORDS}\n"


def write_skeleton(folder: Path, department: str, name: str, today: str) -> tuple[Path, ...]:
    """Writes the item's file (and the department's, where it is new); returns what was written."""
    department, name = department.replace("-", "_"), name.replace("-", "_")
    if not _NAME.fullmatch(department) or not _NAME.fullmatch(name):
        raise SeedTrouble("名称只能用小写字母、数字和下划线，并以字母开头。", "例如 human_resources/medical_card。")
    home = folder / department
    path = home / f"{name}.yaml"
    if path.exists() or list(folder.glob(f"*/{name}.yaml")):
        raise SeedTrouble(f"事项 {name} 已经有了。", "请换一个名称，或直接改那个文件。")
    written = [path]
    try:
        home.mkdir(exist_ok=True)
        if not (home / DEPARTMENT_FILE).exists():
            (home / DEPARTMENT_FILE).write_text(_DEPARTMENT, encoding="utf-8")
            written.append(home / DEPARTMENT_FILE)
        path.write_text(_skeleton(name, today), encoding="utf-8")
    except OSError as error:
        raise SeedTrouble(f"写不了 {path}（{error.strerror}）。", "请检查这个文件夹能不能写。") from error
    return tuple(written)


def _skeleton(name: str, today: str) -> str:
    return f"""\
# 填完所有“待填”，再运行 zhizhu catalogue check。居民看的话，写成村里人平常说的话。
version: "1"
name: {_WORDS}
aliases: []                    # 别的叫法，搜索用
pinyin: 待填                   # 名称的拼音，用空格隔开，如 yang lao jin
summary: {_WORDS}
codes: {{scheme: 待填, basic: 待填}}
event_type: cn.zhizhu.{name}.applied.v1
audience: {{subject: person, who: {_WORDS}}}
regions: {{within: ["44"]}}      # 区划代码，含所有下级
channels: [terminal]
hours: []                      # 空着表示全天；或 {{days: [1, 2, 3, 4, 5], begins: "09:00", ends: "17:00"}}
visits: 0
handling: promised             # instant 当场办，promised 几天内办
guide:
  - {_WORDS}
identity: [card_face, card_witnessed]
devices:
  - {{role: id_card, need: required}}
  - {{role: receipt_printer, need: helpful, fallback: {_WORDS}}}
steps: [consent, identity, confirm]
consents:
  - {{id: data-use, version: 1, text: {_WORDS}}}
form: []
documents: []
fee_fen: 0
slip:
  kept: [{_WORDS}]
  sent: [{_WORDS}]
  settled: [{_WORDS}]
time_limits: {{promised_days: 1, shown: {_WORDS}}}
# priority：终端快存满时先不收 deferrable，再不收 ordinary，essential（关系到生计）最后才不收
offline: {{mode: kept, priority: ordinary, note: {_WORDS}}}
source:
  - {{id: 待填, at: 待填}}         # seeds/sources/sources.yaml 里的来源，和其中的位置
as_of: {today}
decision:
  version: "1"
  effective: {today}
  facts:
    - {{path: today, type: date, label: {{zh-Hans: 今天的日期, zh-Hant: 今天的日期, en: today's date}}}}
    - {{path: application.applicant.id_number, type: text, label: {_WORDS}}}
    - {{path: person.id_number, type: text, label: {_WORDS}}}
  checks:
    - code: same_person
      cel: application.applicant.id_number == person.id_number
      passed: {_WORDS}
      failed: {_WORDS}
golden:
  base:
    today: "{today}"
    application: {{applicant: {{id_number: 待填}}}}
    person: {{id_number: 待填}}
  cases:
    - {{name: 待填, outcome: approve}}
    - {{name: 待填, set: {{person.id_number: "0"}}, outcome: manual, reasons: [same_person]}}
"""
