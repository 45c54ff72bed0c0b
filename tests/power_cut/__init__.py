"""Power cuts and failing disks: what the real terminal does to its files, replayed with what a cut could have left."""
