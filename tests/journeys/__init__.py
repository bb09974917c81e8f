"""Ways of an operator through the program, key by key in a real pseudo-terminal, the keys counted."""
