"""Each rule by itself, without an event loop, in packages that mirror the program."""
