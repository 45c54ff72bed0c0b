"""Journey scripts: what a resident does, played on the real screen by what a person sees."""
