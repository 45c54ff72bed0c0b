"""New homes: developers' lists, 交房即发证, the project code."""
