"""The hub's HTTP routes, one module per party that calls them."""
