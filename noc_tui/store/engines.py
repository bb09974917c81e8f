"""How a store's file is opened: one engine that writes, one that reads, each with its own way to begin.

By default the driver runs SELECT and DDL outside the transaction, which loses updates without an error. So
`isolation_level` is None here, and a hook emits the BEGIN itself: IMMEDIATE for the one who writes, plain for
readers, who must never take the write lock.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

WRITER_BUSY_MS: Final = 2
"""SQLite's own wait for a lock is unfair (4 s were seen), so it is short; the gate does the waiting."""
READER_BUSY_MS: Final = 1_000
"""A reader waits only while the log is recovered after a crash, which is short."""
STATEMENTS: Final = 256
"""Prepared statements kept by a connection."""
CHUNK: Final = 500
"""Rows that a reader's cursor fetches at once when it is iterated."""
LOG_LIMIT: Final = 64 << 20
"""A log that grew past this (a reader held it) is cut back when it starts over; below, its blocks stay."""

OPENING_BUSY_MS: Final = 2_000
"""A file is opened patiently: another process may just be closing it, or recovering its log."""

_WRITER_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={OPENING_BUSY_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=0",
    f"PRAGMA journal_size_limit={LOG_LIMIT}",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA mmap_size=0",
    "PRAGMA cache_size=-16384",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
    f"PRAGMA busy_timeout={WRITER_BUSY_MS}",
)
_READER_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={READER_BUSY_MS}",
    "PRAGMA query_only=ON",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA mmap_size=0",
    "PRAGMA cache_size=-8192",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)


def file_uri(path: Path, mode: str) -> str:
    """Return SQLite's URI of a file that is there: `mode` is `ro` or `rw`, never one that makes it."""
    return f"{path.absolute().as_uri()}?mode={mode}"


def write_engine(path: Path) -> Engine:
    """Return the engine of the thread that writes: BEGIN IMMEDIATE, FULL, and no checkpoint of its own."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            file_uri(path, "rw"),
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS,
            timeout=0,
        )

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)
    _prepare(engine, _WRITER_PRAGMAS, "BEGIN IMMEDIATE")
    return engine


def look_engine(path: Path) -> Engine:
    """Return the engine for a first look at a file that may be none of ours: it changes nothing in it."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(file_uri(path, "ro"), uri=True, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)
    _prepare(engine, _READER_PRAGMAS, "BEGIN")
    return engine


def read_engine(path: Path, connections: int = 2) -> AsyncEngine:
    """Return the engine of the readers, on aiosqlite: plain BEGIN, and SQLite itself refuses any write."""
    # Start-up cost: the asynchronous side takes as long to import as the rest, and who only writes has no use for it.
    import asyncio

    import aiosqlite
    from sqlalchemy.ext.asyncio import create_async_engine

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(
            file_uri(path, "ro"),
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS,
        )

    async def connect() -> aiosqlite.Connection:
        # Opened before aiosqlite has it: where its own opening fails, its thread outlives the event loop.
        driver = await asyncio.to_thread(opened)
        connection = aiosqlite.Connection(lambda: driver, iter_chunk_size=CHUNK)
        connection._thread.daemon = True  # a read given up leaves it open, and the program must end
        return await connection

    engine = create_async_engine(
        "sqlite+aiosqlite://",
        async_creator=connect,
        poolclass=AsyncAdaptedQueuePool,  # else a URL without a file name means one connection in memory
        pool_size=connections,
        max_overflow=connections,
    )
    _prepare(engine.sync_engine, _READER_PRAGMAS, "BEGIN")
    return engine


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection, for what runs thousands of rows a second through it."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # the writer's engine has no other
    return driver
