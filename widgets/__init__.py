"""Textual widgets that know nothing of incidents, stores or noc_tui."""
