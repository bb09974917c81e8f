"""The full-screen console: what the screen knows (the session), keys, panes and screens. Never touches the network."""
