"""A camera over a table: pages found and straightened, travel permits and QR codes read."""
