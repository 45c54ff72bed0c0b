"""The next resident starts clean, and the terminal can prove it; and nothing personal reaches a log."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Final

# 18 characters of an identity number, or the ten digits of a claim code, however it is grouped
_NUMBER: Final = re.compile(r"(?<!\d)\d{6}[ -]?(?:19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx](?!\d)")
_CODE: Final = re.compile(r"(?<!\d)\d{4}-\d{3}-\d{3}(?!\d)")
_ADDRESS: Final = re.compile(r"(/(?:claims|verify)/)[0-9-]+")  # an HTTP library logs the address it asks
_LEAST_TEXT: Final = 2


def traces(value: object, secrets: frozenset[str | bytes]) -> tuple[str, ...]:
    """The paths inside `value` (dataclasses, containers, texts, bytes) where one of the secrets is still found."""
    wanted = tuple(secret for secret in secrets if len(secret) >= _LEAST_TEXT)
    return tuple(path for path, leaf in _leaves(value, "") if _holds(leaf, wanted))


def secrets_of(value: object) -> frozenset[str | bytes]:
    """Every text and picture in a person's record that must be gone when the visit is over."""
    return frozenset(leaf for path, leaf in _leaves(value, "") if not path.endswith((".layout", ".source", ".sex")))


def _holds(leaf: str | bytes, secrets: tuple[str | bytes, ...]) -> bool:
    for secret in secrets:
        if isinstance(leaf, str) and isinstance(secret, str) and secret in leaf:
            return True
        if isinstance(leaf, bytes) and isinstance(secret, bytes) and secret in leaf:
            return True
    return False


def _leaves(value: object, path: str) -> Iterator[tuple[str, str | bytes]]:
    if isinstance(value, str | bytes):
        yield path, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            yield from _leaves(getattr(value, each.name), f"{path}.{each.name}")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(key, f"{path}[key]")
            yield from _leaves(inner, f"{path}[{key!r}]")
    elif isinstance(value, tuple | list | set | frozenset):
        for at, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{at}]")


def masked(text: str) -> str:
    """The text without identity numbers and claim codes."""
    return _ADDRESS.sub(r"\1****", _CODE.sub("****-***-***", _NUMBER.sub("******************", text)))


class NothingPersonal(logging.Filter):
    """Masks numbers and codes in every record that passes, arguments and tracebacks included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record; never drops it."""
        record.msg = masked(record.getMessage())
        record.args = None
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text = masked(text)
            record.exc_info = None
        return True


def log_privately() -> None:
    """Sends this process's log to standard error, through the filter that lets nothing personal pass."""
    handler = logging.StreamHandler()
    handler.addFilter(NothingPersonal())
    line = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=line, handlers=[handler])
    for chatty in ("httpx", "httpcore"):  # they name every address they ask
        logging.getLogger(chatty).setLevel(logging.WARNING)
