"""What the screens show, as Qt sees it: thin objects over the pure session. The only Qt in Python."""
