"""What a terminal remembers, and what both ends of its line must agree on (`offline.wire`)."""
