"""The tests of noc-tui and its widgets, in packages that mirror theirs."""
