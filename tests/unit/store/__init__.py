"""The store, without a file."""
