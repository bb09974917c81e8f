"""The shape that all commands have: options that every one of them takes, and subcommands loaded when named."""

from __future__ import annotations

import importlib
from typing import Any

import click

from noc_tui.cli.invocation import DEBUG, ME, STORE


def _keep(key: str) -> Any:
    def callback(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value:
            context.meta[key] = value

    return callback


def common_options() -> list[click.Parameter]:
    """Return the options that may stand before or behind the command's name."""
    return [
        click.Option(
            ["--store"],
            metavar="STORE",
            expose_value=False,
            callback=_keep(STORE),
            help="The store's file, sqlite:///path, or https://host of a `noc-tui serve`. Default: NOC_TUI_STORE, "
            "config.toml, the user's data directory.",
        ),
        click.Option(
            ["--me"],
            metavar="NAME",
            expose_value=False,
            callback=_keep(ME),
            help="Who you are. Default: NOC_TUI_ME, config.toml, the account.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_keep(DEBUG),
            help="Show a traceback when something fails.",
        ),
    ]


class Command(click.Command):
    """A command that takes the common options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = {option for parameter in self.params for option in parameter.opts}
        self.params += [option for option in common_options() if given.isdisjoint(option.opts)]


class Group(click.Group):
    """A group of commands; in their names `_` and `-` are the same."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand."""
        return super().get_command(ctx, cmd_name.replace("_", "-"))


class LazyGroup(Group):
    """A group that imports a subcommand's module when it is named, so that no command pays for another.

    `table` maps a subcommand to its module in this package and its name there.
    """

    def __init__(self, *args: Any, table: dict[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the subcommands, in the order of the table."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand."""
        if cmd_name not in self._table:
            return None
        module, name = self._table[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"noc_tui.cli.{module}"), name)
        return command
