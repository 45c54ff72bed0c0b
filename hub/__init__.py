"""The regional hub: what terminals talk to, and what operators look at."""
