"""Runs the hub in this process until somebody stops it."""

from __future__ import annotations

import errno
import gc
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from hub.certificates.seals import load_sandbox_seals
from hub.database import speaking
from hub.gateway.sharing import load_sharing
from hub.houses.sandbox import load_first_lists
from hub.hub import open_hub
from hub.sandbox import load_base_library
from hub.settings import HubSettings
from hub.trouble import HubTrouble
from hub.vouchers.readers import load_sandbox_readers
from hub.web import create_app
from seeds.people import People
from seeds.seals import SealSpecs


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The hub's certificate with its chain, and its key, as PEM files; where a proxy speaks TLS, none are needed."""

    certificate: Path
    key: Path

    def check(self) -> None:
        """Raises HubTrouble where they cannot be used, before anything is started."""
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise HubTrouble(
                f"证书 {self.certificate} 或密钥 {self.key} 用不了（{error.strerror or error}）。TLS files unusable.",
                "请检查路径、权限，以及两者是否成对。Check the paths, the rights, and that they belong together.",
            ) from None


def run(
    url: str,
    host: str,
    port: int,
    state_dir: Path,
    settings: HubSettings,
    tls: TlsFiles | None = None,
    *,
    decide: bool = True,
) -> None:
    """Serves until a signal comes, and decides meanwhile; the sandbox base library (演示) is loaded first."""
    if tls is not None:
        tls.check()
    listening = _listen(host, port)
    with listening:
        hub = open_hub(url, state_dir, settings)
        try:
            with speaking(url):
                load_base_library(hub.database, People.load(), hub.clock)
                load_sandbox_seals(hub, SealSpecs.load())
                load_sandbox_readers(hub)
                load_first_lists(hub, hub.projects, People.load())
                load_sharing(hub)
            app = create_app(hub, decide=decide)
            # What a start leaves behind stays to the end: the collector need not look through it after every batch.
            gc.collect()
            gc.freeze()
            uvicorn.Server(configured(app, settings, tls)).run(sockets=[listening])
        finally:
            hub.database.close()


def configured(app: FastAPI, settings: HubSettings, tls: TlsFiles | None = None, **more: Any) -> uvicorn.Config:
    """How the hub is served. Who a caller is, and by https, is believed of no proxy that was not named."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        ssl_certfile=None if tls is None else tls.certificate,
        ssl_keyfile=None if tls is None else tls.key,
        **more,
    )


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else starts, so that a port in use is said in one sentence."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise HubTrouble(
                f"端口 {port} 已被别的程序占用。Port {port} is in use.",
                "请换一个 --port，或停掉占用它的程序。Choose another --port or stop that program.",
            ) from None
        raise HubTrouble(
            f"不能在 {host}:{port} 上监听（{error.strerror}）。Cannot listen there.",
            "请检查 --host 和 --port；1024 以下的端口需要管理员权限。Check --host and --port.",
        ) from None
