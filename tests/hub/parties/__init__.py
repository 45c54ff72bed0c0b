"""Cases of two parties."""
