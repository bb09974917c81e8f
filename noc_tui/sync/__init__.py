"""The link to a remote store: a state machine without I/O, and the loop that runs it."""
