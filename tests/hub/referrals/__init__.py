"""Cases that are handed to an outside party."""
