"""The options that name monitoring systems without a configuration file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from noc_tui.cli.faults import Trouble
from noc_tui.cli.preferences import Preferences
from noc_tui.cli.values import ParamType
from noc_tui.net.address import host_of
from noc_tui.net.errors import BadUrl

F = TypeVar("F", bound=Callable[..., Any])

INTERVAL: Final = 1.0
"""Seconds between two polls of a source."""
SourceList = tuple[tuple[str, str], ...]
"""Pairs of name and address."""


class SourceType(ParamType):
    """An Alertmanager's address, or NAME=address. Without a name its host and port are its name, so that the alerts
    of one address keep their identity whatever else is given."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return name and address."""
        # Start-up cost: the source's module brings the HTTP client along.
        from noc_tui.sources.alertmanager import validate_url
        from noc_tui.sources.errors import BadSource
        from noc_tui.sources.source import check_name

        named = re.fullmatch(r"([^=/:]+)=(.+)", str(value))
        try:
            url = validate_url(named[2] if named else str(value))
            return check_name(named[1] if named else _name_of(url)), url
        except (BadSource, BadUrl) as error:
            self.fail(str(error), param, ctx)


def source_options(command: F) -> F:
    """Add `--alertmanager` and `--interval` to a command, as `alertmanagers` and `interval`."""
    command = click.option(
        "--interval",
        type=click.FloatRange(0.1, 3600),
        default=INTERVAL,
        show_default=True,
        metavar="SECONDS",
        help="Between two polls of a source.",
    )(command)
    return click.option(
        "--alertmanager",
        "alertmanagers",
        type=SourceType(),
        multiple=True,
        metavar="[NAME=]URL",
        help="Take the alerts of this Prometheus Alertmanager in; may be given several times.",
    )(command)


def sources_of(preferences: Preferences, given: SourceList) -> SourceList:
    """Return the sources of config.toml and of the command line; Trouble if two have the same name."""
    checked = SourceType()
    try:
        configured = [checked.convert(f"{one.name}={one.url}", None, None) for one in preferences.source]
    except click.BadParameter as error:
        raise Trouble(f"A source of config.toml cannot be used: {error.message}") from None
    every = dict.fromkeys((*configured, *given))
    names = [name for name, _ in every]
    for name in names:
        if names.count(name) > 1:
            raise Trouble(f"Two sources are named {name!r}: give one of them another name, as NAME=URL.")
    return tuple(every)


def agent_words(sources: SourceList, interval: float) -> list[str]:
    """Return the words by which a supervised agent is told its sources: `interval` seconds between two polls."""
    named = [word for name, url in sources for word in ("--alertmanager", f"{name}={url}")]
    return [*named, "--interval", f"{interval:g}"]


def simulation_words(rate: float, seed: int) -> list[str]:
    """Return the words by which a supervised agent is told to play a simulated NOC, `rate` alerts a second."""
    return ["--simulate", f"{rate:g}", "--seed", str(seed)]


def _name_of(url: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", host_of(url)).strip("-._")[:64] or "alertmanager"
