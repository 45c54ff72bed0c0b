"""The machine-readable zone of travel documents: its text (ICAO Doc 9303 and the Chinese permits) and its picture."""
