"""Refusals as RFC 9457 problems, with the members a terminal acts on: retryable, retry_after, park."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException

from hub.measures import Measures
from offline.wire.batch import PROBLEM_PREFIX

MEDIA_TYPE: Final = "application/problem+json"


class Problem(Exception):
    """A refused request: a stable code, the status, a sentence in Chinese, and what the caller should do next."""

    def __init__(
        self, code: str, status: int, detail: str, *, retry_after: float | None = None, park: bool = False
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        self.park = park

    def response(self) -> JSONResponse:
        """The problem as it travels."""
        body = {
            "type": f"{PROBLEM_PREFIX}{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "retryable": self.retry_after is not None,
            "retry_after": self.retry_after,
            "park": self.park,
        }
        headers = {} if self.retry_after is None else {"Retry-After": str(max(1, round(self.retry_after)))}
        return JSONResponse(body, self.status, headers, MEDIA_TYPE)


def install(app: FastAPI, measures: Measures) -> None:
    """Makes every refusal of the application a problem."""

    def refusing(make: Callable[[Exception], Problem]) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
        async def handle(_: Request, error: Exception) -> JSONResponse:
            problem = make(error)
            measures.refused.labels(problem.code).inc()
            response = problem.response()
            if isinstance(error, HTTPException) and error.headers:
                response.headers.update(error.headers)
            return response

        return handle

    app.add_exception_handler(Problem, refusing(_as_is))
    app.add_exception_handler(HTTPException, refusing(_plain))
    app.add_exception_handler(RequestValidationError, refusing(_invalid))
    # Besides what the database says itself: no free connection, a cut one, a transaction that the server ended.
    for kind in (OperationalError, NoConnection, InterfaceError, InternalError):
        app.add_exception_handler(kind, refusing(_database))
    app.add_exception_handler(DataError, refusing(_unstorable))


def _as_is(error: Exception) -> Problem:
    assert isinstance(error, Problem)
    return error


def _plain(error: Exception) -> Problem:
    assert isinstance(error, HTTPException)
    words = {404: "没有这个地址。", 405: "这个地址不接受这种请求。"}
    return Problem(f"http_{error.status_code}", error.status_code, words.get(error.status_code, str(error.detail)))


def _invalid(error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)
    where = "、".join(sorted({".".join(str(part) for part in one["loc"]) for one in error.errors()}))
    return Problem("invalid", 422, f"请求内容不合约定：{where}。", park=True)


def _unstorable(_: Exception) -> Problem:
    # PostgreSQL takes no NUL and nothing longer than its column: the same bytes would be refused again.
    return Problem("unstorable", 422, "请求里有数据库不能保存的字符或过长的内容。", park=True)


def _database(_: Exception) -> Problem:
    return Problem("database_busy", 503, "中枢的数据库暂时用不了，请稍后再试。", retry_after=5)
