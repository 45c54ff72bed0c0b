"""Who somebody is and what they may do: the staff with their roles, and residents with their real-name levels."""
