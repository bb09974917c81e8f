"""What the program costs its operator and its host, measured from outside: `python -m tests.bench`."""
