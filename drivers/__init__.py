"""Devices, a folder per kind: port (what a journey wants), codec (bytes), driver (a link), simulator (its other end)."""
