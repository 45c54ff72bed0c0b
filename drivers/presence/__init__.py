"""Which devices are there: what is plugged in where, and when something counts as gone."""
