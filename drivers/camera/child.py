"""The process that holds the camera: `python -m drivers.camera.child LINK`. It may be killed at any moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import BinaryIO

from drivers.camera.source import Source, source_of
from drivers.camera.wire import HEAD, LETTERS, QUESTION, Tag


def serve(
    source: Source, questions: BinaryIO, answers: BinaryIO, monotonic: Callable[[], float] = time.monotonic
) -> None:
    """Answers each question with one frame or the reason for none, until the parent closes its end."""
    _say(answers, "ready", monotonic())
    while len(question := questions.read(QUESTION.size)) == QUESTION.size:
        (timeout_s,) = QUESTION.unpack(question)
        got = source.next(timeout_s)
        if isinstance(got, str):
            _say(answers, got, monotonic())
        else:
            height, width = got.shape[:2]
            data = got.tobytes()
            answers.write(HEAD.pack(LETTERS["frame"], monotonic(), height, width, len(data)))
            answers.write(data)
            answers.flush()


def _say(answers: BinaryIO, tag: Tag, at: float) -> None:
    answers.write(HEAD.pack(LETTERS[tag], at, 0, 0, 0))
    answers.flush()


def main() -> int:
    """Opens the source named by the only argument; 2 for a link that is not ours."""
    source = source_of(sys.argv[1]) if len(sys.argv) == 2 else None
    if source is None:
        return 2
    serve(source, sys.stdin.buffer, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
