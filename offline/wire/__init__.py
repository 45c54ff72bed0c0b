"""What a terminal and its hub must agree on; importing it loads neither SQLCipher nor Qt."""
