"""The HTTP door of a simulator: JSON in, JSON out, on the local machine only by default."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from drivers.trouble import DeviceTrouble

Answer = Callable[[str, str, Mapping[str, Any]], dict[str, Any]]

BODY_BYTES_MAX: Final = 8 * 1024 * 1024
_PATIENCE_S: Final = 10.0


class ControlServer:
    """Serves one simulator's door in threads of its own until closed."""

    def __init__(self, address: str, answer: Answer) -> None:
        """Raises DeviceTrouble for an address that cannot be taken. `answer` may raise ValueError: that is a 400."""
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise DeviceTrouble(
                "simulate.control", f"看不懂控制地址“{address}”。", "请写成 主机:端口，如 127.0.0.1:8700。"
            )
        try:
            self._server = ThreadingHTTPServer((host, int(port)), _handler(answer))
        except OSError as error:
            raise DeviceTrouble(
                "simulate.port_in_use", f"控制地址 {address} 用不了。", "请换一个端口，或写端口 0 让系统挑一个。"
            ) from error
        self._server.daemon_threads = True
        self.url = f"http://{host}:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="simulator door", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


def _handler(answer: Answer) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        """One request; whatever is wrong with it is told as JSON."""

        timeout = _PATIENCE_S

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_DELETE(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name is http.server's
            """Silent: standard output carries the one line that says where the simulator is."""

        def _serve(self) -> None:
            try:
                body = self._body()
                self._tell(200, answer(self.command, self.path.split("?")[0], body))
            except ValueError as error:
                self._tell(400, {"error": str(error)})
            except DeviceTrouble as trouble:
                self._tell(409, {"error": trouble.sentence + trouble.advice})

        def _body(self) -> dict[str, Any]:
            length = int(self.headers.get("Content-Length") or 0)
            if not 0 <= length <= BODY_BYTES_MAX:
                raise ValueError(f"a body has at most {BODY_BYTES_MAX} bytes")
            if length == 0:
                return {}
            body = json.loads(self.rfile.read(length))
            if not isinstance(body, dict):
                raise ValueError("a body is a JSON object")  # noqa: TRY004 — every bad request is a ValueError
            return body

        def _tell(self, status: int, values: Mapping[str, Any]) -> None:
            data = json.dumps(values, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Door
