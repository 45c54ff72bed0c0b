"""The invented people of the sandbox: nobody here exists, and no number can belong to anybody."""

from seeds.people.people import Pension, People, Person

__all__ = ["Pension", "People", "Person"]
