"""The roof: the program `zhizhu`, installation, the demo and operation."""
