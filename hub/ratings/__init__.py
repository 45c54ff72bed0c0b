"""好差评: ratings of services, the tickets that bad ones open, and the published indicators."""
