"""The server's parts, without a network."""
