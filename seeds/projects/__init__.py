"""Building projects (invented) with their code and permits, and what the sandbox's developers report of them."""

from seeds.projects.projects import Permit, Project, Projects

__all__ = ["Permit", "Project", "Projects"]
