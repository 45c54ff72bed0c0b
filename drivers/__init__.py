"""Devices, a folder per kind: port (what a journey wants), codec (bytes), driver, simulator (the wire's other end)."""
