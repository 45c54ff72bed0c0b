"""What may be asked through the door: one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

MOST_BYTES: Final = 65_536
VERBS: Final = ("screen", "tap", "type", "grab", "events")


class WrongQuestion(ValueError):
    """The line is not a question this door knows."""


@dataclass(frozen=True)
class Question:
    """One question: the verb and its words."""

    do: str
    words: dict[str, str] = field(default_factory=dict, repr=False)


def parsed(untrusted_line: bytes) -> Question:
    """The question of a line, or WrongQuestion."""
    try:
        untrusted = json.loads(untrusted_line)
    except ValueError as error:
        raise WrongQuestion(f"not JSON: {error}") from error
    if not isinstance(untrusted, dict) or untrusted.get("do") not in VERBS:
        raise WrongQuestion(f"`do` must be one of {', '.join(VERBS)}")
    words = {str(key): value for key, value in untrusted.items() if key != "do"}
    if not all(isinstance(value, str) for value in words.values()):
        raise WrongQuestion("every word must be a text")
    needed = {"tap": "what", "type": "text", "grab": "path"}.get(str(untrusted["do"]))
    if needed is not None and not words.get(needed):
        raise WrongQuestion(f"`{untrusted['do']}` needs `{needed}`")
    return Question(str(untrusted["do"]), words)
