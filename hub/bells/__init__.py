"""Calls from terminals for a person: of now, never kept for later."""
