"""Against real servers that run on this host."""
