"""The next resident starts clean, and the terminal can prove it; and nothing personal reaches a log."""

from __future__ import annotations

import ctypes
import dataclasses
import functools
import logging
import re
import resource
import types
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AnySet
from typing import Final

# 18 characters of an identity number, or the ten digits of a claim code, however it is grouped
_NUMBER: Final = re.compile(r"(?<!\d)\d{6}[ -]?(?:19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx](?!\d)")
_CODE: Final = re.compile(r"(?<!\d)\d{4}-\d{3}-\d{3}(?!\d)")
_ADDRESS: Final = re.compile(
    r"(/(?:claims|slips|verify)/)[0-9-]+(?:\.[\w-]+)?"
)  # an HTTP library logs the address it asks
_LEAST_TEXT: Final = 2
_ENCODINGS: Final = ("utf-8", "utf-16-le", "gb18030")  # of files, of Qt and cards, of slips
_OURS: Final = ("kiosk.", "drivers.", "offline.")  # whose objects are looked into; what only reads files is not
_NOT_PERSONAL: Final = (".layout", ".source", ".sex", ".valid_to")  # 长期 is on every second card
_PR_SET_DUMPABLE: Final = 4


def traces(value: object, secrets: frozenset[str | bytes]) -> tuple[str, ...]:
    """The paths inside `value` where one of the secrets is still found.

    Looked into are containers, dataclasses, our own objects and what their functions have closed over. A path names
    fields and places, never a value or a key: it may be logged.
    """
    texts = tuple(secret for secret in secrets if isinstance(secret, str) and len(secret) >= _LEAST_TEXT)
    pieces = tuple(secret for secret in secrets if isinstance(secret, bytes) and len(secret) >= _LEAST_TEXT)
    encoded = tuple(text.encode(encoding, "replace") for text in texts for encoding in _ENCODINGS)
    return tuple(path for path, leaf in _leaves(value, "", set()) if _holds(leaf, texts, pieces + encoded))


def secrets_of(value: object) -> frozenset[str | bytes]:
    """Every text and picture in a person's record that must be gone when the visit is over."""
    return frozenset(leaf for path, leaf in _leaves(value, "", set()) if not path.endswith(_NOT_PERSONAL))


def _holds(leaf: str | bytes, texts: tuple[str, ...], pieces: tuple[bytes, ...]) -> bool:
    if isinstance(leaf, str):
        return any(text in leaf for text in texts)
    return any(piece in leaf for piece in pieces)


def _leaves(value: object, path: str, seen: set[int]) -> Iterator[tuple[str, str | bytes]]:
    if isinstance(value, str | bytes):
        yield path, value
        return
    if isinstance(value, bytearray | memoryview):
        yield path, bytes(value)
        return
    if id(value) in seen:
        return
    seen.add(id(value))
    for name, inner in _parts(value):
        yield from _leaves(inner, path + name, seen)


def _parts(value: object) -> Iterator[tuple[str, object]]:
    """What a value is made of; the order of a mapping stands for its keys, which may be personal themselves."""
    if isinstance(value, Mapping):
        for at, (key, inner) in enumerate(tuple(value.items())):
            yield f"[key {at}]", key
            yield f"[{at}]", inner
    elif isinstance(value, Sequence | AnySet | deque) and not isinstance(value, range):
        yield from ((f"[{at}]", inner) for at, inner in enumerate(tuple(value)))
    elif isinstance(value, types.MethodType):
        yield ".__self__", value.__self__
        yield ".__func__", value.__func__
    elif isinstance(value, functools.partial):
        yield ".func", value.func
        yield ".args", value.args
        yield ".keywords", value.keywords
    elif isinstance(value, types.FunctionType):
        yield ".__defaults__", value.__defaults__
        yield from zip(map(".{}".format, value.__code__.co_freevars), _closed_over(value), strict=True)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from ((f".{each.name}", getattr(value, each.name)) for each in dataclasses.fields(value))
    elif type(value).__module__.startswith(_OURS):
        slots = tuple(name for each in type(value).__mro__ for name in getattr(each, "__slots__", ()))
        names = dict.fromkeys((*getattr(value, "__dict__", ()), *slots))
        yield from ((f".{name}", getattr(value, name, None)) for name in names if not name.startswith("__"))


def _closed_over(function: types.FunctionType) -> list[object]:
    values: list[object] = []
    for cell in function.__closure__ or ():
        try:
            values.append(cell.cell_contents)
        except ValueError:  # a cell not yet filled, or emptied
            values.append(None)
    return values


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


def keep_memory_private() -> None:
    """Nothing of this process's memory reaches a disk as a core dump, and no process of the same user may read it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
