"""The sandbox's identity provider behind a real port, and a browser that goes there and comes back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import httpx
import uvicorn

from hub.identity.oidc.client import OidcClient
from hub.identity.oidc.sandbox import CLIENT, SECRET, SandboxProvider, create_provider
from tests.hub.running import HandClock

START = "/console/login/province"
ROLES = (("banshi", "clerk"), ("yunwei", "operator"))


@contextmanager
def providing(clock: HandClock) -> Iterator[SandboxProvider]:
    """The provider, in the time of the test."""
    listening = socket.create_server(("127.0.0.1", 0))
    issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    provider = SandboxProvider(issuer, lambda: clock().timestamp())
    server = uvicorn.Server(uvicorn.Config(create_provider(provider), log_level="warning", lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield provider
    finally:
        provider.freed.set()
        server.should_exit = True
        thread.join()
        listening.close()


def client_of(provider: SandboxProvider, **changes: object) -> OidcClient:
    """What the hub is to the provider."""
    said = {"secret": SECRET, "roles_claim": "roles", "roles": ROLES, "region_claim": "division", "strong": ("2",)}
    return OidcClient(provider.issuer, CLIENT, **(said | changes))  # type: ignore[arg-type]


def leave(browser: httpx.Client, subject: str) -> str:
    """Goes to the provider, says who one is, and does not come back yet: the address that the provider sends one to."""
    left = browser.get(START)
    assert left.status_code == 303, left.text
    with httpx.Client(trust_env=False) as there:
        asked = httpx.URL(left.headers["location"])
        assert "演示" in there.get(asked).text
        chosen = there.get(asked.copy_with(path="/chosen").copy_merge_params({"who": subject}))
    back: str = chosen.headers["location"]
    return back


def through(browser: httpx.Client, subject: str) -> httpx.Response:
    """There and back."""
    return browser.get(leave(browser, subject))
