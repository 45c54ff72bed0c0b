"""A division that the data no longer has: its terminal, its cases and its clerks are shown, and nothing fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hub.hub import Hub
from hub.staff import add_staff
from seeds.people import People
from seeds.regions import Region
from tests.hub.casework.bench import BY_TYPING, apply, case_of, decide
from tests.hub.pictured import PASSWORD, signed_in
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, serving


def without_the_village(known: Mapping[str, Region]) -> dict[str, Region]:
    return {code: region for code, region in known.items() if code != VILLAGE}


def test_a_terminal_whose_division_is_gone_is_shown_and_served_and_said_to_be_of_none(
    hub: Hub, url: str, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING)
    decide(hub)
    for role in ("clerk", "operator", "system_admin"):
        add_staff(hub.database, clock, role, role, "440981000000" if role != "system_admin" else VILLAGE, PASSWORD)
    regions = replace(hub.regions, by_code=without_the_village(hub.regions.by_code))
    after = replace(hub, regions=regions, units=replace(hub.units, regions=regions))
    number = case_of(hub).number
    with serving(after, decide=False) as address:
        assert LINE.get(f"{address}/metrics").status_code == 200
        for who, pages in {
            "operator": ("/console", "/console/terminals", f"/console/terminals/{terminal.id}", "/console/cases"),
            "clerk": ("/desk", f"/desk/cases/{number}", "/desk/calls", "/console/extensions"),
            "system_admin": ("/console/accounts",),
        }.items():
            with signed_in(address, who) as browser:
                for page in pages:
                    reply = browser.get(page)
                    assert reply.status_code == 200, (page, reply.text[:500])
                    if "terminals" in page:
                        assert f"区划已取消（{VILLAGE}）" in reply.text, page
        terminal.url = address
        assert terminal.ask("GET", "/v1/slips/signers").status_code in (200, 404)
        apply(terminal, people["he-guoming"])
        decide(after)
        assert terminal.lookup(people["he-guoming"].id_number).json()["cases"][0]["state"] in ("approved", "in_review")
