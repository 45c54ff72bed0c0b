"""One look at an open device, a file a kind: `read(device, asked) -> Reading`."""
