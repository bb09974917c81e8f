"""The process that does the standing duties of a store, under a lease."""
