"""The tests of the journal."""
