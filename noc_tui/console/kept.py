"""What a console keeps between its runs: macros, lines that were typed, keys that were used or told of.

One file of the account, 0600, replaced as a whole under a lock: of several consoles each keeps what is its own. Disks
may be slow, so a thread reads and writes it; what is on the screen never waits for that.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.store.private_file import replace_private

_LARGEST: Final = 4 * 1024 * 1024


class Stroke(msgspec.Struct, frozen=True, array_like=True):
    """One key as the terminal told it, and what it types; of a pasted text the key is `paste`."""

    key: str
    character: str | None = None


class Things(msgspec.Struct, frozen=True):
    """All that is kept.

    `macros` by their letters; `lines` that were typed, oldest first, by the kind of line; `used` are the names of
    bindings whose keys were pressed; `spelled` counts how often one was called by its name instead.
    """

    macros: dict[str, tuple[Stroke, ...]] = {}
    lines: dict[str, tuple[str, ...]] = {}
    used: frozenset[str] = frozenset()
    spelled: dict[str, int] = {}


Change = Callable[[Things], Things]


class Kept:
    """The things kept in one file; without a file they are kept while the console runs.

    `failed` is called, in the writing thread, with a sentence that says why something could not be kept.
    """

    def __init__(self, path: Path | None, failed: Callable[[str], object] = lambda _why: None) -> None:
        self._path = path
        self._failed = failed
        self._thread: ThreadPoolExecutor | None = None
        self._first: Future[Things] | None = None
        self._since: list[Change] = []
        self.things = Things()
        """What is kept, as far as it has been read."""

    def begin(self) -> None:
        """Begin to read the file."""
        if self._path is not None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="kept")
            self._first = self._thread.submit(self._read_or_tell)

    def look(self) -> Things:
        """Return what is kept, with what was read from the file once that has come."""
        if self._first is not None and self._first.done():
            self.things, self._first = self._first.result(), None
            for change in self._since:
                self.things = change(self.things)
            self._since.clear()
        return self.things

    def change(self, change: Change) -> None:
        """Keep something else from now on."""
        self.things = change(self.look())
        if self._first is not None:
            self._since.append(change)
        if self._thread is not None:
            self._thread.submit(self._write, change)

    def close(self) -> None:
        """Wait until all is kept; to be called from a thread that may wait for a disk."""
        if self._thread is not None:
            self._thread.shutdown()

    def _read_or_tell(self) -> Things:
        try:
            return self._read()
        except OSError as error:
            self._failed(f"What was kept in {self._path} cannot be read ({error.strerror}): macros and lines are gone.")
            return Things()

    def _read(self) -> Things:
        assert self._path is not None
        try:
            with self._path.open("rb") as file:
                body = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return Things()
        try:
            return msgspec.json.decode(body, type=Things)
        except (msgspec.DecodeError, UnicodeDecodeError):
            aside = self._path.with_suffix(".damaged")
            self._path.replace(aside)
            self._failed(f"What was kept in {self._path} is damaged: it was put aside as {aside.name}.")
            return Things()

    def _write(self, change: Change) -> None:
        assert self._path is not None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the lock lies there too
            with self._path.with_suffix(".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                replace_private(self._path, msgspec.json.encode(change(self._read())))
        except OSError as error:
            self._failed(f"Not kept for the next time: {self._path} cannot be written ({error.strerror}).")


def with_macro(letter: str, strokes: tuple[Stroke, ...]) -> Change:
    """Keep a macro."""
    return lambda things: replace(things, macros={**things.macros, letter: strokes})


LINES: Final = 200
"""Lines of a kind that are kept."""


def with_line(kind: str, line: str) -> Change:
    """Keep a line that was typed; typed again it is the newest."""

    def change(things: Things) -> Things:
        before = tuple(other for other in things.lines.get(kind, ()) if other != line)
        return replace(things, lines={**things.lines, kind: (*before, line)[-LINES:]})

    return change
