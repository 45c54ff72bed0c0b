"""What a resident gave besides words: scans, photos, voice notes and signatures of an application."""
