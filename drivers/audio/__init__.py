"""Sound out of the terminal's speaker and into its microphone."""
