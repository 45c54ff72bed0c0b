"""Examines the whole catalogue: files, sources, regions, texts, rules and golden cases; finds all that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seeds.catalogue.files import item_paths, read_items
from seeds.decision import RuleError, compiled, decide
from seeds.decision_rule import GoldenCase
from seeds.finding import fill
from seeds.item import Item
from seeds.places import CATALOGUE, REGIONS, SEEDS, SOURCES, TEXTS
from seeds.regions import Regions
from seeds.sources import Sources
from seeds.texts.files import read_texts
from seeds.trouble import FileTrouble, SeedTrouble
from seeds.yaml_file import Place, YamlFile


@dataclass(frozen=True)
class Examination:
    """What was looked at and what is wrong; well when nothing is."""

    items: int
    golden_cases: int
    texts: int
    sources: int
    troubles: tuple[SeedTrouble, ...]
    limitless: tuple[str, ...] = ()  # items that do not say how long the law gives them; no trouble, but told

    @property
    def well(self) -> bool:
        """Whether there is something, and nothing is wrong with it."""
        return self.items > 0 and not self.troubles


def examine(
    catalogue: Path = CATALOGUE, texts: Path = TEXTS, regions: Path = REGIONS, sources: Path = SOURCES
) -> Examination:
    """Looks at everything and goes on after each thing that is wrong."""
    troubles: list[SeedTrouble] = []
    written, known, divisions = {}, None, None
    try:
        written = read_texts(texts)
    except SeedTrouble as trouble:
        troubles.append(trouble)
    try:
        known, divisions = Sources.load(sources), Regions.load(regions)
        if catalogue == CATALOGUE:  # another catalogue need not hold what the sources of this one became
            troubles += _broken_traces(known)
    except SeedTrouble as trouble:
        troubles.append(trouble)
    files = read_items(catalogue)
    cases, limitless = 0, []
    homes: dict[str, Path] = {}
    for file in files:
        troubles += [trouble for trouble in file.troubles if trouble not in troubles]
        if file.item is None or file.file is None:
            continue
        limitless += [file.item.name] if file.item.time_limits.statutory_days is None else []
        cases += 0 if file.item.golden is None else len(file.item.golden.cases)
        troubles += _item_troubles(file.item, file.file, known, divisions)
        troubles += [
            file.file.trouble((), f"文字编号“{text_id}”在文字文件里已经有了。", "请在文字文件里换一个编号。")
            for text_id in file.item.texts()
            if text_id in written
        ]
        for place, mark in ((("codes", "basic"), file.item.code), (("event_type",), file.item.event_type)):
            if mark in homes:
                troubles.append(file.file.trouble(place, f"“{mark}”在 {homes[mark].name} 里已经用了。", "请换一个。"))
            homes[mark] = file.path
    if catalogue == CATALOGUE and not troubles:
        troubles += _theme_troubles(tuple(file.item for file in files if file.item is not None))
    if not files:
        troubles.append(SeedTrouble(f"{catalogue} 里没有事项。", "请检查文件夹，或用 zhizhu catalogue new 新建一个。"))
    return Examination(
        len(files), cases, len(written), len(known.all) if known else 0, tuple(troubles), tuple(limitless)
    )


def _theme_troubles(items: tuple[Item, ...]) -> list[SeedTrouble]:
    """The built-in themes over these items; the first thing wrong."""
    from seeds.catalogue.catalogue import Catalogue
    from seeds.themes import Themes

    try:
        Themes.load(Catalogue(items))
    except SeedTrouble as trouble:
        return [trouble]
    return []


def _item_troubles(item: Item, file: YamlFile, sources: Sources | None, regions: Regions | None) -> list[FileTrouble]:
    found = []
    for n, ref in enumerate(item.source):
        if sources is not None and ref.id not in sources:
            what = f"来源“{ref.id}”不在来源表里。"
            found.append(file.trouble(("source", n), what, "请先把它写进 seeds/sources/sources.yaml。"))
    for key, codes in (("within", item.regions.within), ("without", item.regions.without)):
        for n, code in enumerate(codes):
            if regions is not None and code not in regions:
                what = f"没有区划 {code}。"
                found.append(file.trouble(("regions", key, n), what, "请检查代码，或把它加进 seeds/regions。"))
    found += _issued_troubles(item, file)
    broken = _broken_checks(item, file)
    return found + (broken or golden_troubles(item, file))


def _issued_troubles(item: Item, file: YamlFile) -> list[FileTrouble]:
    """Certificates and vouchers that an item issues have to be of a kind that there is."""
    # They name items' types themselves, so they are read here only.
    from seeds.certificates import CertificateKinds
    from seeds.vouchers import VoucherScopes

    found = []
    if item.certificate is not None and CertificateKinds.load().get(item.certificate.kind) is None:
        what = f"没有证照种类“{item.certificate.kind}”。"
        found.append(file.trouble(("certificate", "kind"), what, "请检查写法，或在 seeds/certificates 里加一种。"))
    if item.voucher is not None and item.voucher.scope is not None:
        scope = VoucherScopes.load().scope(item.voucher.scope)
        if scope is None or any(scope.fact(name) is None for name in item.voucher.facts):
            what = f"授权范围“{item.voucher.scope}”或其中的项目不存在。"
            found.append(file.trouble(("voucher",), what, "请对照 seeds/vouchers 里的文件改正。"))
    return found


def _broken_checks(item: Item, file: YamlFile) -> list[FileTrouble]:
    found = []
    for n, check in enumerate(item.decision.checks):
        try:
            compiled(check.cel)
        except RuleError:
            place: Place = ("decision", "checks", n, "cel")
            found.append(file.trouble(place, f"规则“{check.code}”的 CEL 写法有误。", "请对照 CEL 语法改正这一行。"))
    for cel in () if item.result is None else item.result.expressions():
        try:
            compiled(cel)
        except RuleError:
            found.append(file.trouble(("result",), f"结果里的 CEL“{cel}”写法有误。", "请对照 CEL 语法改正。"))
    return found


def golden_troubles(item: Item, file: YamlFile) -> list[FileTrouble]:
    """The golden cases that the rule does not answer as it should, or that are lacking."""
    if item.golden is None:
        return [file.trouble(("golden",), "没有规则的样例（golden）。", "请至少写一个通过和一个转人工的样例。")]
    found = []
    outcomes = {case.outcome for case in item.golden.cases}
    if not {"approve", "manual"} <= outcomes:
        found.append(file.trouble(("golden", "cases"), "样例里缺少通过或转人工的。", "请各写至少一个。"))
    told: set[str] = set()
    for n, case in enumerate(item.golden.cases):
        decision = decide(item, facts_of(item, case))
        codes = tuple(reason.code for reason in decision.reasons)
        told |= set(codes) if decision.outcome != "approve" else set()
        if decision.outcome != case.outcome or (case.reasons and codes != case.reasons):
            what = (
                f"样例“{case.name}”应为 {case.outcome} {list(case.reasons)}，规则答 {decision.outcome} {list(codes)}。"
            )
            found.append(file.trouble(("golden", "cases", n), what, "请改规则或改样例，使两者一致。"))
        if decision.outcome == "approve" and item.result is not None:
            try:
                fill(item.result, decision.inputs)
            except (RuleError, KeyError) as error:
                what = f"样例“{case.name}”的结果填不出来：{error}。"
                found.append(file.trouble(("result",), what, "请对照规则读取的内容改正 result。"))
    if not found:
        untried = [check.code for check in item.decision.checks if check.code not in told]
        found += [
            file.trouble(("golden", "cases"), f"没有样例让“{code}”通不过。", "请补一个这样的样例。") for code in untried
        ]
    return found


def facts_of(item: Item, case: GoldenCase) -> dict[str, object]:
    """The facts of one golden case: the base with its places set and removed."""
    assert item.golden is not None, "the packed form has no golden cases"
    facts = _copied(item.golden.base)
    assert isinstance(facts, dict)
    for path in case.remove:
        _holder(facts, path).pop(path.rpartition(".")[2], None)
    for path, value in case.set.items():
        _holder(facts, path)[path.rpartition(".")[2]] = value
    return facts


def _copied(value: object) -> object:
    return {key: _copied(child) for key, child in value.items()} if isinstance(value, dict) else value


def _holder(facts: dict[str, object], path: str) -> dict[str, object]:
    here = facts
    for part in path.split(".")[:-1]:
        below = here.get(part)
        if not isinstance(below, dict):
            below = here[part] = {}
        here = below
    return here


def _broken_traces(sources: Sources) -> list[SeedTrouble]:
    """Rows that say they became an item or a file that is not there."""
    ids = {path.stem.replace("_", "-") for path in item_paths(CATALOGUE)}
    root = SEEDS.parent
    found: list[SeedTrouble] = []
    for source in sources.all:
        for trace in source.traces:
            if trace.item is not None and trace.item not in ids:
                found.append(SeedTrouble(f"来源 {source.id} 说到的事项 {trace.item} 不在目录里。", "请改来源表。"))
            # An installed copy has no tests beside it; only a checkout can tell whether they are there.
            for path in filter(None, (trace.became, trace.test if (root / "tests").is_dir() else None)):
                found += (
                    []
                    if (root / path).exists()
                    else [SeedTrouble(f"来源 {source.id} 说到的文件 {path} 不存在。", "请改来源表。")]
                )
    return found
