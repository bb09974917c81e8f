"""The command line: parses, calls, prints. The one place where the parts are put together."""
