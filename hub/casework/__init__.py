"""How a case goes on: its states, its journal, where it lies and what it waits for."""
