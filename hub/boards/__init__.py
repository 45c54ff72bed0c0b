"""What the office's own figures say of its work: limits, same-day cases, lights, and what residents were spared."""
