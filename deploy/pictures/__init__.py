"""Pictures of the screens and pages, and what takes them."""
