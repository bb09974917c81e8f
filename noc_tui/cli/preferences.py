"""config.toml: a console's preferences and connections (DESIGN.md 8.7; the desk's policy is in the journal).

me = "ana"
store = "/srv/noc/noc.db"
theme = "light"
ascii = false

[[source]]
name = "prod"
type = "alertmanager"
url = "http://127.0.0.1:9093"

[[remote]]
url = "https://noc.example"
ca_file = "/etc/ssl/noc-ca.pem"
proxy = "http://proxy.example:3128"

[keys]
resolve = "Y"
merge = "J"

[templates]
carrier = "{time} carrier called about {resource}, ticket "
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from noc_tui.cli.faults import Trouble

THEMES: Final = ("dark", "light", "ansi16", "mono")
SOURCE_TYPES: Final = ("alertmanager",)
_LARGEST: Final = 1024 * 1024


class SourceSetting(msgspec.Struct, frozen=True, kw_only=True):
    """One monitoring system of the file."""

    name: str
    type: str
    url: str


class RemoteSetting(msgspec.Struct, frozen=True, kw_only=True):
    """How one remote store is reached: whose certificates are believed, and through which proxy."""

    url: str
    ca_file: str = ""
    proxy: str = ""


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says; `None` and the empty string are "not said"."""

    me: str = ""
    store: str = ""
    theme: str = ""
    ascii: bool | None = None
    source: tuple[SourceSetting, ...] = ()
    remote: tuple[RemoteSetting, ...] = ()
    keys: dict[str, Any] = {}
    templates: dict[str, str] = {}


def read_preferences(path: Path) -> Preferences:
    """Return the preferences in the file, the default ones where there is none.

    Trouble names the file, the place in it and what is allowed there.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return Preferences()
    except OSError as error:
        raise Trouble(f"The configuration {path} cannot be read ({error.strerror}): make it readable.") from None
    if mode & stat.S_IWOTH:
        raise Trouble(f"The configuration {path} can be written by anybody: look through it, then run chmod 600 {path}")
    if len(text) > _LARGEST:
        raise Trouble(f"The configuration {path} is larger than 1 MiB: it is no configuration of noc-tui.")
    try:
        found = preferences_from(tomllib.loads(text.decode("utf-8")))
    except UnicodeDecodeError:
        raise Trouble(f"The configuration {path} is not UTF-8 text: store it again as UTF-8.") from None
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise Trouble(f"The configuration {path} cannot be used: {error}.") from None
    if mode & (stat.S_IRGRP | stat.S_IROTH) and any(_holds_password(remote.proxy) for remote in found.remote):
        raise Trouble(f"The configuration {path} holds a proxy's password for others to read: run chmod 600 {path}")
    return found


def _holds_password(url: str) -> bool:
    return "@" in url.rpartition("://")[2].partition("/")[0]


def preferences_from(data: dict[str, Any]) -> Preferences:
    """Return the preferences of a decoded file; ValueError says what is wrong where."""
    for fault in _faults(data):
        raise ValueError(fault)
    try:
        found = msgspec.convert(data, Preferences)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    if found.theme and found.theme not in THEMES:
        raise ValueError(f"theme is one of {', '.join(THEMES)}, not {found.theme!r}")
    names = [source.name for source in found.source]
    for source in found.source:
        if source.type not in SOURCE_TYPES:
            raise ValueError(f"the type of source {source.name!r} is {', '.join(SOURCE_TYPES)}, not {source.type!r}")
        if names.count(source.name) > 1:
            raise ValueError(f"two sources are named {source.name!r}; each needs a name of its own")
    return found


def _faults(data: dict[str, Any]) -> Iterator[str]:
    yield from _unknown(data, Preferences.__struct_fields__, "setting")
    for table, known in (("source", SourceSetting), ("remote", RemoteSetting)):
        entries = data.get(table, [])
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict):
                yield from _unknown(entry, known.__struct_fields__, f"setting of a {table}")


def _unknown(data: dict[str, Any], known: tuple[str, ...], what: str) -> Iterator[str]:
    for name in sorted(set(data) - set(known)):
        yield f"there is no {what} {name!r}; there are {', '.join(known)}"
