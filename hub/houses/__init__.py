"""Developers' delivery lists (交房名单): taken once, checked line by line, and gone by."""
