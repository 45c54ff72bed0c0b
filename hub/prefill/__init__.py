"""What terminals ask before a resident fills anything in."""
