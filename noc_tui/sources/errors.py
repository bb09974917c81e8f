"""What can go wrong with a source, beside the network (`net.errors`); each message is a sentence.

SourceError
├── BadSource     the source is set up in a way that cannot work
├── Unreadable    a whole answer is not what that kind of source sends; nothing may be concluded from it
└── BadAlert      one alert from a script cannot be taken; says which field and what is allowed
"""

from __future__ import annotations


class SourceError(Exception):
    """The root of the tree: `str()` is a sentence."""


class BadSource(SourceError):
    """The source is set up in a way that cannot work."""


class Unreadable(SourceError):
    """A whole answer is not what that kind of source sends; nothing may be concluded from it."""


class BadAlert(SourceError):
    """One alert from a script cannot be taken."""
