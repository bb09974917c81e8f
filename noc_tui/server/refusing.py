"""Refusals: what an asker is told when it does not get what it asked for, as JSON, one way for all routes.

Refused
└── Overloaded      more is waiting already than can be done soon
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.responses import Response

JSON: Final = "application/json"

_encode = msgspec.json.Encoder().encode


class Refused(Exception):
    """A request that is not answered as it wished: the HTTP status, a word for programs, a sentence for people."""

    def __init__(self, status: int, code: str, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


class Overloaded(Refused):
    """More is waiting already than can be done soon; nothing of this was done. `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        sentence = f"The server has more to do than it can take just now: send this again in {retry_after} s."
        super().__init__(503, "overloaded", sentence, {"retry-after": str(retry_after)})
        self.retry_after = retry_after


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a value as a JSON answer, in one piece."""
    return Response(_encode(value), status, headers, JSON)


def refusal(refused: Refused) -> Response:
    """Return the answer that a refusal makes: `{"error": sentence, "code": word}`."""
    return json_response({"error": str(refused), "code": refused.code}, refused.status, refused.headers)
