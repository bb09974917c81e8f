"""What a server says in the body of a refusal, in whatever form, as one short line."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

_LONGEST: Final = 200
_FIELDS: Final = ("message", "detail", "error", "reason", "title", "errors", "status")
_UNSEEN: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]{0,500}>")


def said(body: bytes) -> str:
    """Return the message in an error body (JSON object or text, HTML, plain text), printable, or nothing."""
    try:
        text = _told(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = _TAG.sub(" ", _UNSEEN.sub(" ", body[: 16 * 1024].decode("utf-8", "replace")))
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 16 * 1024]).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _told(value: Any) -> str:
    """Return the first text under a name that servers use for a message."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(item for item in value if isinstance(item, str))
    if isinstance(value, dict):
        for name in _FIELDS:
            inner = value.get(name)
            text = inner if isinstance(inner, str) else _told(inner)
            if text:
                return text
    return ""
