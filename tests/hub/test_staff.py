"""What a password costs to guess."""

from __future__ import annotations

from hub.staff import COST


def test_a_guess_costs_what_rfc_9106_asks_of_machines_with_little_memory() -> None:
    assert COST.type.name == "ID"
    assert (COST.memory_cost, COST.time_cost) >= (64 * 1024, 3)
