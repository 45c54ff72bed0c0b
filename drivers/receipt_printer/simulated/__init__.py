"""The other end of the wire: a thermal printer made of its bytes, its paper and its sensors."""
