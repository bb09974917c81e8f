"""How a new store comes to be: whole, or not at all.

It is made under another name and linked to its own when it is complete, so that no one ever opens half a store, a
crash leaves none, and of two programs that make the same one at once both open the same. An empty file is therefore
never a new store, but one that lost its content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from noc_tui.incidents.model import Micros
from noc_tui.journal.ids import make_id
from noc_tui.store import migrations
from noc_tui.store.engines import driver_of, write_engine
from noc_tui.store.places import refuse_network
from noc_tui.store.publishing import make_private, publish_new, put_in_one_file, remove_draft
from noc_tui.store.writing import said


def create_store(path: Path, *, demo: bool, clock: Callable[[], Micros], randomness: Callable[[int], bytes]) -> None:
    """Make a store at `path`, and its directory (0700) if need be; nothing happens where a file is already."""
    now = clock()
    facts = {
        "store_id": make_id(now, randomness(10)).hex(),
        "created_at": str(now),
        "demo": str(int(demo)),
    }
    create_file(path, facts, randomness(16), randomness(8))


def create_file(path: Path, facts: Mapping[str, str], epoch: bytes, mark: bytes) -> None:
    """Make an empty store of these facts and this epoch; `mark` tells its draft from others. See `create_store`."""
    with said(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_network(path)
        draft = path.with_name(f".{path.name}.{mark.hex()}")
        try:
            make_private(draft)
            _fill(draft, facts, epoch)
            publish_new(draft, path)
        finally:
            remove_draft(draft)


def _fill(draft: Path, facts: Mapping[str, str], epoch: bytes) -> None:
    engine = write_engine(draft)
    with engine.connect() as connection:
        with connection.begin():
            migrations.create(connection, facts, epoch)
        put_in_one_file(driver_of(connection), draft)
    engine.dispose()
