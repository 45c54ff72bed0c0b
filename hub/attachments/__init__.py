"""What a resident gave besides words: scans, photos and voice notes of an application."""
