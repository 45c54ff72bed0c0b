"""`zhizhu hub cases`: export in national field names."""

from __future__ import annotations

import json

import click

from hub.casework.export import NationalForm, all_exported
from hub.command_line import database_option, division, json_option, opened
from hub.identity.roles import region_prefix
from hub.settings import HubSettings
from seeds.catalogue import Catalogue
from seeds.regions import Regions
from seeds.units import Units


@click.group()
def cases() -> None:
    """办件。Cases."""


@cases.command()
@database_option
@click.option(
    "--region", default="0" * 12, show_default=True, metavar="CODE", help="只要这个区划的。Only this division's."
)
@json_option
def export(url: str, region: str, as_json: bool) -> None:
    """按国家标准的字段名导出办件，不含个人信息。Exports cases in national field names, nothing personal in them."""
    division(region)
    with opened(url) as database:
        database.check()
        form = NationalForm(Catalogue.load(), Units.load(Regions.load()))
        with database.reading() as session:
            rows = (form.row(case) for case in all_exported(session, region_prefix(region), HubSettings().export_page))
            if not as_json:
                for row in rows:
                    click.echo(f"{row['办件编号']}  {row['事项名称'] or '—'}  {row['办件状态']}  {row['红黄灯']}")
                return
            click.echo('{"办件": [', nl=False)
            for n, row in enumerate(rows):
                click.echo(("," if n else "") + "\n" + json.dumps(row, ensure_ascii=False), nl=False)
            click.echo("\n]}")
