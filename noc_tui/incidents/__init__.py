"""The business: what an alert and an incident are, and what may happen to them. Pure, without I/O."""
