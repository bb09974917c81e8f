"""`noc-tui search`: words looked for in everything that was ever logged."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING

import click
from msgspec import to_builtins

from noc_tui.cli import said
from noc_tui.cli.board_text import line_width, table
from noc_tui.cli.faults import OK
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.progress import shown
from noc_tui.cli.shape import Command
from noc_tui.cli.values import readable
from noc_tui.incidents.text import clean

if TYPE_CHECKING:
    from noc_tui.journal.finding import FoundLine
    from noc_tui.store.search_index import Lag

LIMIT = 50


@click.command(cls=Command)
@click.argument("words", nargs=-1, metavar="WORDS")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.option(
    "--limit", type=click.IntRange(1, 1_000), default=LIMIT, show_default=True, metavar="N", help="At most N incidents."
)
@click.option("--rebuild", is_flag=True, help="Make the index anew first; it is derived, and nothing else changes.")
@pass_any_invocation
def search(invocation: Invocation, words: tuple[str, ...], as_json: bool, limit: int, rebuild: bool) -> int:
    """Look for words in everything that was ever logged: titles, notes, resources, causes, labels, alerts.

    Each incident in which all WORDS stand is printed once, the newest mention first, also when it is closed. Case,
    accents and signs do not matter. "Quoted words" stand in a row, begin* begins so, -word leaves out.

    \b
    noc-tui search prov-84065
    noc-tui search --json 'fibre "power lost" -test'
    """
    text = " ".join(readable(word if " " not in word or '"' in word else f'"{word}"') for word in words)
    if not text.strip() and not rebuild:
        raise click.UsageError("Say what to look for, such as: noc-tui search prov-84065.")
    lines = _of_file(invocation, text, limit, rebuild=rebuild) if invocation.remote is None else None
    if lines is None:
        lines = _of_server(invocation, text, limit, rebuild=rebuild)
    if as_json:
        said.document([to_builtins(line) for line in lines])
    else:
        _print(lines, text)
    return OK


def _of_file(invocation: Invocation, words: str, limit: int, *, rebuild: bool) -> list[FoundLine]:
    # Start-up cost: nothing else searches.
    from noc_tui.journal.finding import found_line
    from noc_tui.store.search import Searcher

    invocation.board_reader().close()  # whether it is a store, and of a format we know
    with closing(Searcher(invocation.store)) as searcher:
        _complete(searcher.rebuild() if rebuild else searcher.complete())
        return [found_line(found) for found in searcher.search_now(words, limit)]


def _complete(slices: Iterable[Lag]) -> None:
    with shown("Events made ready to be searched") as progress:
        for lag in slices:
            progress(lag.done, lag.total)


def _of_server(invocation: Invocation, words: str, limit: int, *, rebuild: bool) -> list[FoundLine]:
    if rebuild:
        raise click.UsageError("--rebuild works on a store's file: run it on the server's host.")
    # Start-up cost: the wire's values.
    from noc_tui.cli.dialling import ask_remote

    return ask_remote(invocation, lambda api: api.search(words, limit))


def _print(lines: list[FoundLine], words: str) -> None:
    rows = [("NUMBER", "P", "STATE", "WHEN", "WHERE", "FOUND"), *map(_row, lines)]
    if lines:
        for text in table(rows, line_width()):
            said.line(text)
    elif words.strip():
        said.words(f"Nothing that was logged holds all of this: {clean(words)}")


def _row(line: FoundLine) -> tuple[str, ...]:
    said_in = line.snippet if line.where == "title" else f"{line.snippet}  ({line.title or ''})"
    when = f"{line.at[:10]} {line.at[11:16]}"
    return (clean(line.number), f"P{line.priority}", clean(line.state), clean(when), clean(line.where), clean(said_in))
