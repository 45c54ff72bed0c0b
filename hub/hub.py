"""Everything a hub is made of, put together once and handed to whoever needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Event

from sqlalchemy import select

from hub.database import Database
from hub.keys import HubKeys, load_keys, missing_keys
from hub.measures import Measures
from hub.moments import Clock, system_clock
from hub.refusals import Refusals
from hub.replays import Replays
from hub.settings import HubSettings
from hub.tables import Terminal
from hub.trouble import KeyTrouble
from seeds.calendar import WorkCalendar
from seeds.catalogue import Catalogue
from seeds.certificates import CertificateKinds
from seeds.data_sources import DataSources
from seeds.projects import Projects
from seeds.ratings import Questionnaires
from seeds.regions import Regions
from seeds.texts import Texts
from seeds.themes import Themes
from seeds.units import Units
from seeds.vouchers import VoucherScopes


@cache
def _questionnaires() -> Questionnaires:
    return Questionnaires.load()


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts every route and worker is given; nothing here is global."""

    database: Database
    keys: HubKeys
    catalogue: Catalogue
    texts: Texts
    regions: Regions
    units: Units
    themes: Themes
    projects: Projects
    calendar: WorkCalendar
    kinds: CertificateKinds
    vouchers: VoucherScopes
    sources: DataSources
    refusals: Refusals
    replays: Replays
    settings: HubSettings = field(default_factory=HubSettings)
    clock: Clock = system_clock
    measures: Measures = field(default_factory=Measures)
    questionnaires: Questionnaires = field(default_factory=_questionnaires)
    work: Event = field(default_factory=Event)  # set when a case waits for its decision


@cache
def printed() -> tuple[
    Catalogue, Texts, Regions, Units, Themes, WorkCalendar, CertificateKinds, VoucherScopes, DataSources, Projects
]:
    """What comes with the program and stays as it is: read once, however many hubs a process opens."""
    regions, catalogue = Regions.load(), Catalogue.load()
    texts, units, calendar = Texts.load(items=catalogue.items), Units.load(regions), WorkCalendar.load()
    kinds, vouchers, sources = CertificateKinds.load(), VoucherScopes.load(), DataSources.load()
    themes, projects = Themes.load(catalogue), Projects.load()
    return catalogue, texts, regions, units, themes, calendar, kinds, vouchers, sources, projects


def open_hub(url: str, state_dir: Path, settings: HubSettings | None = None, clock: Clock = system_clock) -> Hub:
    """A hub over the database at `url` with the keys under `state_dir`; the schema must be up to date."""
    settings = settings or HubSettings()
    database = Database(url, settings)
    database.check()
    _keys_belong(database, state_dir)
    catalogue, texts, regions, units, themes, calendar, kinds, vouchers, sources, projects = printed()
    return Hub(
        database=database,
        keys=load_keys(state_dir),
        catalogue=catalogue,
        texts=texts,
        regions=regions,
        units=units,
        themes=themes,
        calendar=calendar,
        kinds=kinds,
        vouchers=vouchers,
        sources=sources,
        projects=projects,
        refusals=Refusals(database, clock, settings.refusal_write_s),
        replays=Replays(clock, settings.replay_memory),
        settings=settings,
        clock=clock,
    )


def _keys_belong(database: Database, state_dir: Path) -> None:
    """Raises KeyTrouble: other keys than those the terminals know would open nothing, and nobody would believe them."""
    missing = missing_keys(state_dir)
    if not missing:
        return
    with database.reading() as session:
        if session.scalars(select(Terminal.id).limit(1)).first() is not None:
            raise KeyTrouble(
                f"{state_dir} 里缺少中枢的密钥 {'、'.join(missing)}，而数据库里已有终端。The hub's keys are missing.",
                "请用 --state 指出原来的目录，或从备份恢复 keys 文件夹。Name the right folder, or restore the backup.",
            )
