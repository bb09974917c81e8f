"""Events as they are kept: envelope, chain, fold, undo, replay, and the ports a store must fill. Pure."""
