"""Invented organisations of the sandbox library of legal persons, as data."""

from seeds.organisations.organisations import Organisation, Organisations

__all__ = ["Organisation", "Organisations"]
