"""A disk between a program and its files that writes down every call, and what a power cut at any of them leaves."""
