"""What a resident goes through, as frozen values and pure functions: no Qt, no I/O, no clock of its own."""
