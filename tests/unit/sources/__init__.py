"""Reading sources, without a network."""
