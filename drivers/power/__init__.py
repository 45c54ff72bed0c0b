"""Where the terminal's power comes from: an uninterruptible supply asked through Network UPS Tools."""
