"""One wire that is on or off: a contact at the cabinet's door, a sensor that sees somebody come."""
