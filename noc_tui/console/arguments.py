"""What an operator types for a verb's argument, made into what the verb takes."""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Any, Final

from noc_tui.incidents.durations import DurationError, parse_duration
from noc_tui.incidents.model import Micros
from noc_tui.incidents.times import TimeError, parse_time
from noc_tui.incidents.verbs import Arg, Verb


class ArgumentError(ValueError):
    """What was typed is no value for the argument; the message says what is."""


def parse(arg: Arg, text: str, now: Micros, zone: tzinfo) -> Any:
    """Return the value that `text` stands for, None if nothing was typed; ArgumentError says what to type."""
    text = text.strip()
    if not text:
        if arg.required:
            raise ArgumentError(f"{arg.ask or arg.name}: type something, or Esc")
        return None
    if arg.kind == "when":
        return when(text, now, zone)
    if arg.kind == "incident":
        return incident_number(text)
    if arg.kind == "choice":
        return _choice(arg, text)
    return text


def when(text: str, now: Micros, zone: tzinfo) -> Micros:
    """Return the instant of a duration from now (`2h`) or of a time to come (`08:00`, `tue 09:00`)."""
    try:
        instant = _instant(text, now, zone)
    except TimeError:
        instant = now
    if instant <= now:
        raise ArgumentError(f"{text!r} is no time to come; try 2h, 14:00, tue 09:00")
    return instant


def _instant(text: str, now: Micros, zone: tzinfo) -> Micros:
    try:
        return now + parse_duration(text)
    except DurationError:
        return parse_time(text, now, zone, "future")


def incident_number(text: str) -> int:
    """Return the number of `INC-000042`, `inc 42` or `42`."""
    found = re.fullmatch(r"(?:inc[- ]?)?0*(\d{1,12})", text.strip(), re.IGNORECASE | re.ASCII)
    if re.fullmatch(r"(?:inc[- ]?)?~[0-9a-f]{4}", text.strip(), re.IGNORECASE):
        raise ArgumentError(f"{text.strip()} has no number yet; name it once it was sent")
    if found is None or not int(found.group(1)):
        raise ArgumentError(f"{text!r} is no incident; type a number like 42 or INC-000042")
    return int(found.group(1))


def _choice(arg: Arg, text: str) -> str:
    value = text.casefold()
    if value in arg.choices:
        return arg.choices[value]
    fitting = [choice for choice in dict.fromkeys(arg.choices.values()) if choice.startswith(value)]
    if len(fitting) == 1:
        return fitting[0]
    raise ArgumentError(f"{text!r}: one of {', '.join(dict.fromkeys(arg.choices.values()))}")


def usage(verb: Verb) -> str:
    """Return how a verb is written on the command line: `resolve CODE [cause=…] [note=…]`."""
    args = [arg for arg in verb.args if arg.kind != "flag"]
    words = [arg.name.upper() if arg.required else f"[{arg.name}=…]" for arg in args]
    return " ".join((verb.id, *words)) if words else f"{verb.id} alone"


def split_targets(verb: Verb, words: str) -> tuple[list[int], str]:
    """Return the incidents that a line names before the verb's arguments (`ack 42 INC-000043`), and the rest of it.

    ArgumentError where what is named may as well begin the verb's text: no incident is acted on that is not meant.
    """
    first = next((arg for arg in verb.args if arg.kind != "flag" and arg.required), None)
    kind = first.kind if first is not None else ""
    found: list[int] = []
    rest = words.strip()
    while rest:
        word, _, tail = rest.partition(" ")
        bare = word.isascii() and word.isdigit()
        if not (bare or _NAMED.fullmatch(word)) or (bare and kind in ("incident", "choice")):
            break
        number = incident_number(word)
        if kind == "incident" and not tail.strip():
            break
        if first is not None and kind in ("text", "person"):
            text = rest.replace('"', "'")
            raise ArgumentError(f'{word}: go there first (:{number}); if it is text, write {first.name}="{text}"')
        found.append(number)
        rest = tail.strip()
    return list(dict.fromkeys(found)), rest


_NAMED: Final = re.compile(r"inc-?\d{1,12}", re.IGNORECASE | re.ASCII)


def split_line(verb: Verb, words: str, now: Micros, zone: tzinfo) -> dict[str, Any]:
    """Return the arguments of a command line: required ones in order, the last text taking the rest, `name=value`."""
    given: dict[str, Any] = {}
    rest = words.strip()
    named = re.compile(r"(?:^|\s)([a-z_]+)=(\"[^\"]*\"|\S+)")
    by_name = {arg.name: arg for arg in verb.args}
    for name, value in named.findall(rest):
        if name in by_name:
            given[name] = parse(by_name[name], value.strip('"'), now, zone)
    rest = named.sub(lambda found: "" if found.group(1) in by_name else found.group(0), rest).strip()
    waiting = [arg for arg in verb.args if arg.name not in given and arg.kind != "flag"]
    for place, arg in enumerate(waiting):
        if not rest:
            break
        last = place == len(waiting) - 1 or arg.kind == "text"
        head, _, tail = (rest, "", "") if last else rest.partition(" ")
        given[arg.name] = parse(arg, head, now, zone)
        rest = tail.strip()
    if rest:
        raise ArgumentError(f"{rest!r} is too much; write {usage(verb)}")
    return {name: value for name, value in given.items() if value is not None}
