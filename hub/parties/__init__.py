"""Cases of two parties: each confirms with their own card before the rule has its say."""
