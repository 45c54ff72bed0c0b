"""A person looks again at what a rule refused, because whom it concerns has asked (PIPL, article 24)."""
