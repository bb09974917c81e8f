"""The HTTP API over a store: what consoles follow, and the doors through which monitoring systems bring alerts."""
