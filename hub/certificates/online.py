"""Asks a hub for what it tells anyone, bounded in time and size."""

from __future__ import annotations

from typing import Any, Final

import httpx

from hub.trouble import HubTrouble

_DEADLINE_S: Final = 20.0
_MOST_BYTES: Final = 64 * 1024 * 1024


def fetched_json(hub_url: str, path: str) -> Any:
    """The JSON at an address of a hub; raises HubTrouble."""
    address = f"{hub_url.rstrip('/')}{path}"
    try:
        reply = httpx.get(address, timeout=_DEADLINE_S, trust_env=False)
        reply.raise_for_status()
        if len(reply.content) > _MOST_BYTES:
            raise ValueError("too large")
        return reply.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise HubTrouble(
            f"{address} 取不到（{type(error).__name__}）。It cannot be fetched.",
            "请检查网络和地址再试。Check the network and the address.",
        ) from None
