"""What a request asks for: its query and its body read strictly, or refused with a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec
from starlette.requests import Request

from noc_tui.incidents.model import Micros
from noc_tui.incidents.text import clean
from noc_tui.server.refusing import Refused
from noc_tui.server.tokens import Identity

if TYPE_CHECKING:
    from noc_tui.server.desk import Desk

T = TypeVar("T")
_FAR = 1 << 62


def desk_of(request: Request) -> Desk:
    """Return what the server stands on."""
    return cast("Desk", request.app.state.desk)


def identity_of(request: Request) -> Identity:
    """Return whose token came with the request."""
    return cast("Identity", request.state.identity)


async def body_as(request: Request, kind: type[T]) -> T:
    """Return the request's JSON body as a value; Refused with 400 if it is none."""
    body = await request.body()
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad(f"The body cannot be read: {clean(str(error), limit=200)}.") from None


def bad(sentence: str) -> Refused:
    """Return the refusal of a request that makes no sense."""
    return Refused(400, "bad", sentence)


def number_in(query: Any, name: str, default: int, most: int = _FAR) -> int:
    """Return a whole number of the query, at most `most`; Refused if it is none."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise bad(f"{name} is a whole number.")
    return min(int(text), most)


def seconds_in(query: Any, name: str, most: float) -> float:
    """Return seconds of the query, at most `most`; 0 if there are none."""
    text = query.get(name)
    if text is None:
        return 0.0
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not seconds >= 0:  # NaN too
        raise bad(f"{name} is a number of seconds.")
    return min(seconds, most)


def bytes_in(query: Any, name: str) -> bytes:
    """Return bytes of the query, written in hex."""
    try:
        return bytes.fromhex(query.get(name, ""))
    except ValueError:
        raise bad(f"{name} is written in hex.") from None


def sound_instant(at: Micros) -> bool:
    """Return whether an instant can be kept."""
    return -_FAR < at < _FAR


def flag_in(query: Any, name: str) -> bool:
    """Return whether the query says yes: 1 or true."""
    text = query.get(name, "0")
    if text not in ("0", "1", "false", "true"):
        raise bad(f"{name} is 0 or 1.")
    return text in ("1", "true")
