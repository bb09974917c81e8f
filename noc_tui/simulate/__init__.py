"""A believable NOC: its network, its troubles and its people, for the demo, drills, benchmarks and tests.

Pure and seeded: time and randomness are arguments, and the same seed always tells the same story.
"""
