"""How a result reaches its owner: printed at the terminal, posted by a courier, or collected at a hall."""
