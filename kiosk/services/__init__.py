"""What the terminal does for a journey: devices bound to roles, and the services that run its effects. No Qt."""
