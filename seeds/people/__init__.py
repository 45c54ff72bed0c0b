"""The invented people of the sandbox: nobody here exists, and no number can belong to anybody."""

from seeds.people.people import People, Pension, Person

__all__ = ["People", "Pension", "Person"]
