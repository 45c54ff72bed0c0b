"""What a terminal can do, as data, and the typed model that reads, checks, packs and evaluates it."""
