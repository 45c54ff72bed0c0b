"""A door for tests into a running terminal: what a person sees, and a finger. Packages are built without it."""
