"""The inside of the simulated document printer."""
