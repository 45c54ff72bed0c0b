"""Players of the demo at the desk know the secret of an account's codes, and a code counts once for them too."""

from __future__ import annotations

from pathlib import Path

import httpx

from deploy.journey.desk import sign_in
from deploy.stage import Staff
from hub.identity.factors import issue
from hub.identity.staff_log import COMMAND
from hub.moments import system_clock
from hub.staff import add_staff
from tests.hub.pictured import PASSWORD
from tests.hub.running import VILLAGE, make_hub, serving


def desk_of(url: str, staff: Staff, kept: Path) -> str:
    """Where a player who signs in comes to."""
    with httpx.Client(base_url=url, follow_redirects=True, verify=False, trust_env=False) as desk:
        sign_in(desk, staff, kept)
        return desk.get("/desk").url.path


def test_players_sign_in_by_code_share_the_session_and_outlive_its_end(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "hub", system_clock, factors=True)
    add_staff(hub.database, system_clock, "yanshi", "clerk", VILLAGE, PASSWORD)
    staff = Staff(name="yanshi", password=PASSWORD, role="clerk", codes=issue(hub, "yanshi", COMMAND).address)
    kept = tmp_path / "signed-in-clerk"
    with serving(hub, decide=False) as url:
        assert desk_of(url, staff, kept) == "/desk"
        session = kept.read_text()
        assert kept.stat().st_mode & 0o077 == 0
        assert desk_of(url, staff, kept) == "/desk"
        assert kept.read_text() == session, "nobody had to wait for another code"
        kept.write_text("of-a-hub-that-is-no-more")
        assert desk_of(url, staff, kept) == "/desk", "with the code of the next half minute"
