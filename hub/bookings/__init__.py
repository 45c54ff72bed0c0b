"""Places that are booked: so many for each half-day, and nobody gets one twice."""
