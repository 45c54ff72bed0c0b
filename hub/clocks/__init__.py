"""The working-day clocks of cases: promised and statutory limits, pauses, lights."""
