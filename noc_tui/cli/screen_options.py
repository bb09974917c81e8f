"""The options that say how the board is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from noc_tui.cli.preferences import THEMES

F = TypeVar("F", bound=Callable[..., Any])


def screen_options(command: F) -> F:
    """Add `--theme` and `--ascii` to a command, as `theme` and `in_ascii`."""
    command = click.option(
        "--ascii/--unicode",
        "in_ascii",
        default=None,
        help="Draw with ASCII signs alone, or with all. Default: what the terminal can show.",
    )(command)
    return click.option("--theme", type=click.Choice(THEMES), help="Colours. Default: what the terminal can show.")(
        command
    )
