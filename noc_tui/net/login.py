"""Credentials: where a secret comes from, how it is sent, and how it is kept out of every message."""

from __future__ import annotations

import os
import stat
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from noc_tui.net.errors import BadLogin

_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Login:
    """How we say who we are: with a user it is HTTP Basic (RFC 7617), without one a bearer token (RFC 6750).

    The secret is `secret`, or else the contents of `secret_file`, which is read for every request, so that a
    changed token needs no restart. With `secret_name` that file is a JSON object, and the secret what it has there.
    """

    user: str = ""
    secret: str = field(default="", repr=False)
    secret_file: Path | None = None
    secret_name: str = ""

    def header(self) -> str:
        """Return the value of the Authorization header; raise `BadLogin` when there is no usable secret."""
        secret = self._secret()
        if not self.user:
            return f"Bearer {secret}"
        return "Basic " + b64encode(f"{self.user}:{secret}".encode()).decode("ascii")

    def redact(self, text: str) -> str:
        """Return the text with the secret taken out, in case a server echoes what we sent."""
        secret = self._secret()
        for hidden in (self.header().partition(" ")[2], secret):
            text = text.replace(hidden, "***") if hidden else text
        return text

    def _secret(self) -> str:
        secret = self.secret if self.secret_file is None else read_secret(self.secret_file)
        if self.secret_name:
            secret = self._named(secret)
        if not self.user and not (secret.isascii() and secret.isprintable() and " " not in secret and secret):
            raise BadLogin("The token is empty or holds characters that no token has; store it again.")
        return secret

    def _named(self, text: str) -> str:
        try:
            found = msgspec.json.decode(text, type=dict[str, str]).get(self.secret_name, "")
        except (msgspec.DecodeError, UnicodeEncodeError):
            found = ""
        if not found:
            raise BadLogin(f"The secret file {self.secret_file} holds no {self.secret_name}; make it anew.")
        return found


def read_secret(path: Path) -> str:
    """Return the secret in a file, without white space around it; raise `BadLogin` if others can read it.

    A symbolic link, a file of somebody else, and any permission for group or others are refused.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise BadLogin(
            f"The secret file {path} cannot be opened ({error.strerror}); it must be a plain file of yours, "
            "not a symbolic link."
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise BadLogin(f"The secret file {path} is not a plain file; name one.")
        if status.st_uid != os.geteuid():
            raise BadLogin(f"The secret file {path} belongs to somebody else; use a file of your own.")
        if status.st_mode & 0o077:
            raise BadLogin(f"The secret file {path} can be read by others; run: chmod 600 {path}")
        data = file.read(_LARGEST + 1)
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise BadLogin(f"The secret file {path} is not text; put the bare secret into it.") from None
    if not text or len(data) > _LARGEST:
        raise BadLogin(f"The secret file {path} is empty or too large; put the bare secret into it.")
    return text
