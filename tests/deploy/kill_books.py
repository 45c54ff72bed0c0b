"""What the three stores say after the kills, and what is wrong with it; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Books:
    """Identifiers of events, as each place tells them; nothing is made unique before it is judged."""

    acknowledged: tuple[str, ...]  # said to be kept, after keep() had returned
    held: tuple[str, ...]  # in the terminal's file
    at_hub: tuple[str, ...]  # in the hub's inbox
    applications: tuple[str, ...]  # those of `held` that ask for a case
    cases: tuple[str, ...]  # the event of each case
    decisions: tuple[str, ...]  # the event of each decided case
    answers: tuple[str, ...]  # the event of each answer in the terminal's feed
    heard: tuple[str, ...]  # the applications whose answer the terminal has
    broken: tuple[str, ...] = ()  # sentences about a chain or a file that is not whole


def faults(books: Books) -> tuple[str, ...]:
    """A sentence for every event that is lost, doubled or invented somewhere; nothing when all is well."""
    return (
        *books.broken,
        *_differing(
            "acknowledged", "not in the terminal's file", books.acknowledged, Counter(books.held), extra_is=None
        ),
        *_differing(
            "in the terminal's file", "not at the hub", books.held, Counter(books.at_hub), extra_is="at the hub"
        ),
        *_differing("application", "without a case", books.applications, Counter(books.cases), extra_is="a case"),
        *_differing("application", "undecided", books.applications, Counter(books.decisions), extra_is="a decision"),
        *_differing(
            "application", "without an answer", books.applications, Counter(books.answers), extra_is="an answer"
        ),
        *_differing("application", "not heard of", books.applications, Counter(books.heard), extra_is="heard of"),
    )


def _differing(
    what: str, lost: str, wanted: Iterable[str], found: Counter[str], *, extra_is: str | None
) -> tuple[str, ...]:
    """The ways in which `found` is not `wanted`, each exactly once; `extra_is` None allows more in `found`."""
    asked = Counter(wanted)
    said = [f"{identifier}: {what} {times} times" for identifier, times in asked.items() if times > 1]
    for identifier in asked:
        if found[identifier] == 0:
            said.append(f"{identifier}: {what}, but {lost}")
        elif found[identifier] > 1:
            said.append(f"{identifier}: {found[identifier]} times instead of once ({extra_is or what})")
    if extra_is is not None:
        said += [f"{identifier}: {extra_is}, but never {what}" for identifier in found if identifier not in asked]
    return tuple(said)
