"""Tests of the data gateway."""
