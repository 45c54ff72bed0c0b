"""Every route of the hub, asked by everybody: nobody, every role inside and outside of the division, every terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from hub.identity.roles import ROLES
from hub.web import create_app
from offline.wire.carry import MEDIA_TYPE
from seeds.people import People
from tests.hub.identity.ground import COUNTY, ELSEWHERE, PROVINCE, Asking, Ground, ground, signed_in_as
from tests.hub.identity.matrix import MATRIX, STAFF, Beyond, Row, Who

LOGIN = "/console/login"
LAST = ("POST /console/terminals/{terminal_id}/revocation", "POST /console/logout")
UNKNOWN = (
    "case_unknown",
    "terminal_unknown",
    "ticket_unknown",
    "notice_unknown",
    "bell_unknown",
    "account_unknown",
    "contradiction_unknown",
    "change_unknown",
)
JSON_BODY: dict[str, object] = {"events": []}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One hub for all of it."""
    with ground(tmp_path_factory.mktemp("ground"), People.load()) as made:
        yield made


def routes_of(there: Ground) -> list[str]:
    """Every route of the application, as the matrix names them; what is looked at first, what ends things last."""
    found = []
    for route in iter_route_contexts(create_app(there.hub, decide=False).routes):
        methods = set(route.methods or {"GET"}) - {"HEAD"}
        found += [f"{method} {route.path}" for method in methods]
    return sorted(found, key=lambda name: (name in LAST, name == LAST[-1], not name.startswith("GET"), name))


def test_every_route_has_a_row_and_every_row_a_route(there: Ground) -> None:
    names = routes_of(there)
    assert len(names) == len(set(names)) > 70
    assert set(names) - MATRIX.keys() == set(), "say in tests/hub/identity/matrix.py who may use a new route"
    assert MATRIX.keys() - set(names) == set(), "these routes are no more"
    assert set(STAFF) == set(ROLES)


def test_everybody_meets_at_every_route_what_the_matrix_says(there: Ground) -> None:
    wrong = [f"{name}: {said}" for name in routes_of(there) for said in _trials(there, name, MATRIX[name])]
    assert wrong == []


def test_a_role_covers_its_division_and_everything_below_and_nothing_beside(there: Ground) -> None:
    above = ("000000000000", PROVINCE, "440900000000", COUNTY, "440981102000", "440981102999")
    beside = ("450000000000", "440100000000", ELSEWHERE, "440981103000", "440981102998")
    number, terminal = there.named["number"], there.named["terminal_id"]
    pages = (f"/desk/cases/{number}", f"/console/cases/{number}", f"/console/terminals/{terminal}")
    with ExitStack() as opened:
        for region in above + beside:
            asking = signed_in_as(opened, there, "clerk", region)
            expected = 200 if region in above else 404
            assert [asking.browser.get(page).status_code for page in pages] == [expected] * len(pages), region


def test_a_terminal_learns_nothing_of_what_another_brought(there: Ground) -> None:
    path = f"/v1/blobs/{there.named['sha256']}"
    assert there.own.ask("GET", path).json()["complete"]
    seen = there.other.ask("GET", path)
    assert (seen.status_code, seen.json().get("have", 0)) in ((200, 0), (404, 0))


def _trials(there: Ground, name: str, row: Row) -> Iterator[str]:
    """What was not as the matrix says."""
    match row.who:
        case Who.ANYONE:
            expected = _ask(there, name, row, there.nobody).status_code
            if expected >= 500:
                yield f"answers {expected}"
            for role, asking in _one_of_each(there):
                if (got := _ask(there, name, row, asking).status_code) != expected:
                    yield f"{role} gets {got}, nobody {expected}"
        case Who.PARTY:
            for _, asking in _one_of_each(there):
                if not 400 <= (got := _ask(there, name, row, asking).status_code) < 500:
                    yield f"lets in who has no key: {got}"
        case Who.TERMINAL | Who.ITSELF:
            for _, asking in _one_of_each(there):
                if (got := _ask(there, name, row, asking).status_code) != 401:
                    yield f"lets in who is no terminal: {got}"
            yield from _as_terminals(there, name, row)
        case Who.STAFF:
            yield from _as_staff(there, name, row)


def _one_of_each(there: Ground) -> Iterator[tuple[str, Asking]]:
    """Nobody and every role once: where no session is looked at, its division cannot matter."""
    yield "nobody", there.nobody
    for n, role in enumerate(STAFF):
        yield role, there.staff[role, (COUNTY, ELSEWHERE)[n % 2]]


def _as_terminals(there: Ground, name: str, row: Row) -> Iterator[str]:
    method, path = _address(there, name)
    body = None if method == "GET" else JSON_BODY
    if (got := there.own.ask(method, path, body).status_code) in (401, 403) or got >= 500:
        yield f"its terminal gets {got}"
    reply = there.other.ask(method, path, body)
    if row.who is Who.ITSELF and (reply.status_code, _code(reply)) != (403, "foreign_terminal"):
        yield f"another terminal gets {reply.status_code}"
    if row.who is Who.TERMINAL and (reply.status_code in (401, 403) or reply.status_code >= 500):
        yield f"another terminal gets {reply.status_code}"


def _as_staff(there: Ground, name: str, row: Row) -> Iterator[str]:
    refused = _ask(there, name, row, there.nobody)
    to_login = refused.status_code == 303 and refused.headers["location"] == LOGIN
    if not (to_login if name.startswith("GET") and not _is_data(name) else to_login or refused.status_code == 401):
        yield f"nobody gets {refused.status_code}"
    for (role, region), asking in there.staff.items():
        if role not in row.roles:
            reply = _ask(there, name, row, asking)
            if (reply.status_code, _code(reply)) != (403, "not_your_work"):
                yield f"{role} of {region} gets {reply.status_code}"
    for role in sorted(row.roles):
        yield from (f"{role} outside {said}" for said in _outside(there, name, row, there.staff[role, ELSEWHERE]))
    for role in sorted(row.roles):
        if not row.everywhere:
            yield from (f"{role} inside {said}" for said in _inside(there, name, row, there.staff[role, COUNTY]))
            continue
        yield from (f"{role} of a part {said}" for said in _outside(there, name, row, there.staff[role, COUNTY]))
        with ExitStack() as opened:
            asking = signed_in_as(opened, there, role, PROVINCE)
            yield from (f"{role} of the province {said}" for said in _inside(there, name, row, asking))


def _outside(there: Ground, name: str, row: Row, asking: Asking) -> Iterator[str]:
    if row.beyond is Beyond.SAME:
        return
    reply = _ask(there, name, row, asking)
    match row.beyond:
        case Beyond.NOTHING_THERE:
            well = reply.status_code == 404 and _code(reply) in UNKNOWN
        case Beyond.REFUSED:
            well = reply.status_code in (403, 422)
        case _:
            well = reply.status_code == 200 and there.named[row.sees] not in reply.text
    if not well:
        yield f"gets {reply.status_code}, {row.beyond.name} was agreed"


def _inside(there: Ground, name: str, row: Row, asking: Asking) -> Iterator[str]:
    if not name.startswith("GET"):
        forged = _ask(there, name, row, Asking(asking.browser, "forged"))
        if (forged.status_code, _code(forged)) != (403, "csrf"):
            yield f"with a form of somebody else's gets {forged.status_code}"
    reply = _ask(there, name, row, asking)
    if reply.status_code in (401, 403) or reply.status_code >= 500 or _code(reply) in UNKNOWN:
        yield f"gets {reply.status_code} {_code(reply)}"
    if row.sees and there.named[row.sees] not in reply.text:
        yield f"does not see {row.sees}"


def _ask(there: Ground, name: str, row: Row, asking: Asking) -> httpx.Response:
    """The route as a browser uses it."""
    method, path = _address(there, name)
    browser, form = asking.browser, dict(row.form) | {"csrf": asking.csrf}
    if method == "GET":
        return browser.get(path)
    if path == "/v1/carry":
        headers = {"Zhizhu-Csrf": asking.csrf, "Content-Type": MEDIA_TYPE}
        return browser.post(path, content=there.stick, headers=headers)
    if path == "/desk/seals/check":
        return browser.post(path, data=form, files={"paper": ("a.pdf", b"%PDF-1.7 nothing", "application/pdf")})
    if path.startswith("/v1/"):
        return browser.request(method, path, json=JSON_BODY)
    return browser.post(path, data=form)


def _address(there: Ground, name: str) -> tuple[str, str]:
    """The method, and the path with the ground's own things in it."""
    method, _, path = name.partition(" ")
    return method, re.sub(r"{(\w+)}", lambda found: there.named[found.group(1)], path)


def _is_data(name: str) -> bool:
    """Whether programs and pictures read it rather than people: these are not sent to the page of signing in."""
    return name.endswith((".json", ".csv", ".jpg", ".png", "/answers", "/attachments/{attachment_id}"))


def _code(reply: httpx.Response) -> str:
    if not reply.headers.get("content-type", "").startswith("application/problem+json"):
        return ""
    return str(reply.json()["type"]).rpartition(":")[2].rpartition("/")[2]
