"""Kind code_scanner: bar codes and QR codes shown to the terminal."""
