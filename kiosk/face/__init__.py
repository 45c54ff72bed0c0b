"""The face check: a living person before the camera, compared with the card's photograph. No Qt."""
