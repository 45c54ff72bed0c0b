"""A terminal that applies with a picture for a clerk's later check, and browsers of the staff."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pyotp
from PIL import Image

from offline.wire.attachment import LaterPicture, SealedAttachment, seal_attachment
from offline.wire.blobs import content_range
from offline.wire.canonical import b64
from offline.wire.claims import new_code
from seeds.people import Person
from tests.hub.running import LINE, FakeTerminal

PASSWORD = "a long enough one"


def jpeg(width: int = 960, height: int = 540, colour: tuple[int, int, int] = (70, 110, 160)) -> bytes:
    """A picture nobody can be known by."""
    image = Image.new("RGB", (width, height), colour)
    image.paste((236, 205, 180), (width * 2 // 5, height // 4, width * 3 // 5, height * 3 // 4))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def put(
    terminal: FakeTerminal, sha256: str, data: bytes, start: int | None = None, total: int | None = None
) -> httpx.Response:
    """A whole blob, or a piece of it."""
    path = f"/v1/blobs/{sha256}"
    headers = terminal.signed("PUT", path, data)
    if start is not None:
        headers["Content-Range"] = content_range(start, len(data), total or len(data))
    return LINE.put(f"{terminal.url}{path}", content=data, headers=headers)


@dataclass
class Applied:
    """What a terminal sent: the code of the slip, the salt, and the sealed picture."""

    code: str
    salt: str
    sealed: SealedAttachment
    taken: bytes
    event_id: str


def apply_with_picture(
    terminal: FakeTerminal,
    person: Person,
    *,
    bring: bool = True,
    card_photo: bytes = b"",
    spoilt: Mapping[str, object] | None = None,
    attachments: Sequence[object] = (),
) -> Applied:
    """Brings the picture, then sends the application that names it."""
    taken, code = jpeg(), new_code()
    sealed = seal_attachment(LaterPicture(taken, card_photo).pack())
    if bring:
        assert put(terminal, sealed.sha256, sealed.data).json()["complete"]
    stated = {
        "level": "card_later_check",
        "way": "later",
        "picture_sha256": sealed.sha256,
        "picture_key": b64(sealed.key),
    }
    payload = terminal.application(person, code, identity=stated | dict(spoilt or {}), attachments=list(attachments))
    event = terminal.event(payload)
    assert terminal.send(event).results[0].status.value == "stored"
    claim = payload["claim"]
    assert isinstance(claim, dict)
    return Applied(code, str(claim["answer_salt"]), sealed, taken, event.id)


@contextmanager
def signed_in(url: str, name: str) -> Iterator[httpx.Client]:
    """A browser in which somebody of the staff has signed in; where a second factor is asked for, with a fresh one."""
    with httpx.Client(base_url=url, follow_redirects=True, verify=False) as browser:
        form = {"name": name, "password": PASSWORD, "csrf": csrf_of(browser.get("/console/login"))}
        page = browser.post("/console/login", data=form)
        assert page.is_success
        if (secret := secret_on(page.text)) is not None:
            code = pyotp.TOTP(secret).now()
            assert browser.post(page.url.path, data={"code": code, "csrf": csrf_of(page)}).is_success
        yield browser


def secret_on(page: str) -> str | None:
    """The secret that the page of a first sign-in shows to whoever cannot scan; None on any other page."""
    found = re.search(r"data-secret>([A-Z2-7]+)<", page)
    return None if found is None else found.group(1)


def csrf_of(page: httpx.Response) -> str:
    """The page's own proof that a form came from it."""
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found.group(1)
