"""Tests of what a terminal remembers."""
