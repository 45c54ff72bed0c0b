"""The HTTP door of a simulator, with its own description at /openapi.json; on the local machine only by default."""

from __future__ import annotations

import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Final

import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from drivers.simulation.device import DELAY_S_MAX, TIMES_MAX, UNPLUGGED, NotPossible, SimulatedDevice
from drivers.trouble import DeviceTrouble

BODY_BYTES_MAX: Final = 8 * 1024 * 1024
_START_S: Final = 10.0


class Asked(BaseModel):
    """The base of every body a door takes: nothing unknown, nothing guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FaultAsked(Asked):
    """One fault by name; /situations and /state tell which there are."""

    state: str = Field(max_length=64)


class FailNextAsked(FaultAsked):
    """A fault for the next operations only."""

    times: int = Field(default=1, ge=1, le=TIMES_MAX)


class FailRepeatedlyAsked(FaultAsked):
    """A fault for every so many operations."""

    every: int = Field(default=2, ge=1, le=TIMES_MAX)


class DelayAsked(Asked):
    """How long every answer takes longer."""

    seconds: float = Field(ge=0, le=DELAY_S_MAX, strict=False)


class QualityAsked(Asked):
    """From 1, perfect, to 0, useless."""

    value: float = Field(ge=0, le=1, strict=False)


class ControlServer:
    """Serves one simulator's door in a thread of its own until closed."""

    def __init__(self, address: str, device: SimulatedDevice) -> None:
        """Raises DeviceTrouble for an address that cannot be taken."""
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise DeviceTrouble(
                "simulate.control", f"看不懂控制地址“{address}”。", "请写成 主机:端口，如 127.0.0.1:8700。"
            )
        try:
            self._socket = socket.create_server((host, int(port)))
        except OSError as error:
            raise DeviceTrouble(
                "simulate.port_in_use", f"控制地址 {address} 用不了。", "请换一个端口，或写端口 0 让系统挑一个。"
            ) from error
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        # Standard output carries the one line that says where the simulator is, and nothing else.
        self._server = uvicorn.Server(
            uvicorn.Config(door(device), log_config=None, access_log=False, lifespan="off", ws="none")
        )
        self._thread = threading.Thread(target=self._serve, name="simulator door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=_START_S)
        self._socket.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def door(device: SimulatedDevice) -> FastAPI:
    """The door of a device as an application; every wrong request is told as {"error": sentence}."""
    app = FastAPI(
        title=f"zhizhu simulated {device.kind}",
        description="、".join(f"{name}：{title}" for name, title in device.fault_titles().items()),
        version="1",
        docs_url=None,
        redoc_url=None,
    )
    app.middleware("http")(_bounded)
    app.exception_handler(NotPossible)(_told(400))
    app.exception_handler(ValueError)(_told(400))
    app.exception_handler(DeviceTrouble)(_told(409))
    app.exception_handler(RequestValidationError)(_wrong_body)
    # Straight into the application: a router that is included has all its routes looked at twice.
    _common(app.router, device)
    device.routes(app.router)
    return app


def _common(router: APIRouter, device: SimulatedDevice) -> None:
    def state() -> dict[str, Any]:
        return {"kind": device.kind, "link": device.link, **device.state()}

    @router.get("/state")
    def get_state() -> dict[str, Any]:
        """What is on the device now."""
        return state()

    @router.post("/fault")
    def fault(asked: FaultAsked) -> dict[str, Any]:
        """Break in this way until cleared."""
        device.fault(asked.state)
        return state()

    @router.post("/clear")
    def clear() -> dict[str, Any]:
        """Be well again."""
        device.clear()
        return state()

    @router.post("/fail_next")
    def fail_next(asked: FailNextAsked) -> dict[str, Any]:
        """Only the next operations fail in this way."""
        device.fail_next(asked.state, asked.times)
        return state()

    @router.post("/fail_repeatedly")
    def fail_repeatedly(asked: FailRepeatedlyAsked) -> dict[str, Any]:
        """Every so many operations one fails in this way, until cleared."""
        device.fail_repeatedly(asked.state, asked.every)
        return state()

    @router.post("/unplug")
    def unplug() -> dict[str, Any]:
        """Take the device away."""
        device.fault(UNPLUGGED)
        return state()

    @router.post("/replug")
    def replug() -> dict[str, Any]:
        """Put it back."""
        device.clear()
        return state()

    @router.post("/delay")
    def delay(asked: DelayAsked) -> dict[str, Any]:
        """Every answer takes so much longer."""
        device.delay_s = asked.seconds
        return state()

    @router.post("/quality")
    def quality(asked: QualityAsked) -> dict[str, Any]:
        """How well the device works."""
        device.quality = asked.value
        return state()

    @router.get("/situations")
    def situations() -> dict[str, Any]:
        """What can happen to this device, by name: faults and situations with their Chinese titles."""
        named = {name: one.title for name, one in device.situations.items()}
        return {"faults": device.fault_titles(), "situations": named}

    @router.post("/situations/{name}")
    def happen(name: str) -> dict[str, Any]:
        """Let this happen; `begins_after` so many operations, at once with 0."""
        device.happen(name)
        return {**state(), "begins_after": device.situations[name].after}


async def _bounded(request: Request, following: Callable[[Request], Awaitable[Response]]) -> Response:
    length = request.headers.get("content-length", "0")
    unbounded = "transfer-encoding" in request.headers
    if unbounded or not length.isdecimal() or int(length) > BODY_BYTES_MAX:
        return JSONResponse({"error": f"a body has at most {BODY_BYTES_MAX} bytes"}, 400)
    return await following(request)


def _told(status: int) -> Callable[[Request, Exception], JSONResponse]:
    def tell(_: Request, error: Exception) -> JSONResponse:
        said = f"{error.sentence}{error.advice}" if isinstance(error, DeviceTrouble) else str(error)
        return JSONResponse({"error": said}, status)

    return tell


def _wrong_body(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return JSONResponse({"error": wrong}, 400)
