"""What the simulated sound device is made of."""
