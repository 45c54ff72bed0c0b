"""The terminal: journey, services, face check, agent, view models and screens."""
