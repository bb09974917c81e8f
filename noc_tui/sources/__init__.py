"""Where alerts come from: one module per monitoring system, each a pure parser and a fetch through `net`."""
