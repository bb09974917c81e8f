"""A program with a newer format, for the tests: `python -m tests.faults.migrating STORE` opens the store and closes it.

The step fills a table from the journal in one transaction, as a real one would.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from noc_tui.store import migrations
from noc_tui.store.errors import StoreError
from noc_tui.store.opening import open_store


def widen(connection: Connection) -> None:
    """Make a table that the format before did not have, and fill it."""
    connection.exec_driver_sql("CREATE TABLE widened (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    connection.exec_driver_sql("INSERT INTO widened SELECT seq, zeroblob(900) FROM journal")


if __name__ == "__main__":
    migrations.STEPS[1] = widen  # type: ignore[index]  # the tests' step
    try:
        with closing(open_store(Path(sys.argv[1]), create=False)):
            print("open", flush=True)
    except StoreError as error:
        sys.exit(str(error))
