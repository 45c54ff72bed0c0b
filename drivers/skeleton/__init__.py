"""`zhizhu device new`: the files of a new driver, which type-check and say what is to be filled in."""
