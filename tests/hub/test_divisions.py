"""Which divisions a member of the staff looks after."""

from __future__ import annotations

from hub.identity.roles import region_prefix
from tests.hub.running import VILLAGE


def test_a_division_code_covers_everything_below_it() -> None:
    codes = {
        "000000000000": "",
        "440000000000": "44",
        "440900000000": "4409",
        "440981000000": "440981",
        "440981102000": "440981102",
        VILLAGE: VILLAGE,
    }
    assert {code: region_prefix(code) for code in codes} == codes
