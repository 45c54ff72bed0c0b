"""A share of what rules decided alone is looked at again by a clerk who had nothing to do with it (抽查)."""
