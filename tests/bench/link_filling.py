"""How long a console waits on a store that it has never seen: until it can be used, and until all of it is here."""

from __future__ import annotations

from tests.bench.figures import Figure, Target, amount
from tests.bench.lab import Lab, has_rows
from tests.bench.serving import FILLED_WITHIN, is_live, served


def link_filling(lab: Lab) -> list[Figure]:
    """Start a console with nothing of the store, and wait."""
    with served(lab) as server:
        server.environment("ana")  # logging in is not what is measured
        with server.console("ana") as console:
            usable = console.await_screen("the first rows of the remote store", has_rows, patience=FILLED_WITHIN)
            whole = console.await_screen("the whole remote store", is_live, patience=FILLED_WITHIN)
    first, all_rows = (usable - console.began) / 1e9, (whole - console.began) / 1e9
    return [
        Figure("first start on a remote store to a board that can be used", f"{amount(first)} s"),
        Figure(
            "first start on a remote store to all of it", f"{amount(all_rows)} s", "", Target(10, None, "s"), all_rows
        ),
    ]
