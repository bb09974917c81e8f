"""What can go wrong between us and an HTTP server, each a sentence for the person who has to act.

    NetError
    ├── BadSetting            we were told something that cannot work
    │   ├── BadUrl            the address
    │   ├── BadLogin          the credentials or the file that holds them
    │   └── BadCaFile         the file of trusted certificates
    ├── NoAnswer              nobody answered in full
    │   ├── Unreachable       no connection, or it was cut
    │   ├── TimedOut          the whole exchange took longer than its deadline
    │   └── BadTls            the certificate or the TLS handshake was refused
    └── BadAnswer             somebody answered, but not as agreed
        ├── TooLarge          more bytes than allowed, after decompression
        ├── Redirected        sent elsewhere; we do not follow
        ├── Garbled           not HTTP, or a body that cannot be unpacked
        └── RefusedStatus     a status other than 2xx
            └── NotAllowed    401, 403 or 407: trying again is no use until somebody changes the credentials

No message holds a secret: an address is shown without user, password, query and fragment.
"""

from __future__ import annotations


class NetError(Exception):
    """The root of the tree: `str()` is a sentence that says what happened, where, and what to do."""

    def __init__(self, sentence: str, url: str = "") -> None:
        super().__init__(sentence)
        self.url = url
        """The address without credentials, or empty when the error is not about one."""


class BadSetting(NetError):
    """We were told something that cannot work."""


class BadUrl(BadSetting):
    """The address cannot be used."""


class BadLogin(BadSetting):
    """The credentials, or the file that holds them, cannot be used."""


class BadCaFile(BadSetting):
    """The file of trusted certificates cannot be used."""


class NoAnswer(NetError):
    """Nobody answered in full."""


class Unreachable(NoAnswer):
    """There was no connection, or it was cut before the end of the answer."""


class TimedOut(NoAnswer):
    """The whole exchange, from the name look-up to the last byte, took longer than its deadline."""


class BadTls(NoAnswer):
    """The TLS handshake failed, most often because the certificate is not trusted."""


class BadAnswer(NetError):
    """Somebody answered, but not as agreed."""


class TooLarge(BadAnswer):
    """The body is larger than allowed, counted after decompression."""


class Redirected(BadAnswer):
    """The server sent us elsewhere, and we do not follow."""


class Garbled(BadAnswer):
    """What came is not HTTP, or its body cannot be unpacked."""


class RefusedStatus(BadAnswer):
    """The server answered with a status other than 2xx."""

    def __init__(self, sentence: str, url: str, status: int, retry_after: float | None = None) -> None:
        super().__init__(sentence, url)
        self.status = status
        self.retry_after = retry_after
        """Seconds that the server asks us to wait, uncapped, or None."""


class NotAllowed(RefusedStatus):
    """401, 403 or 407: the credentials are missing, wrong or too weak."""
