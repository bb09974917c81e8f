"""What a disk may hold after the power was cut: the strictest that POSIX allows, and no more.

A write that was not synced is there, is not, or is there in some of its sectors; whatever its fellows are. A name that
was made, moved or removed lasts when its directory was synced; of those that were not, the first so many are there, as
a file system with a journal has it. What was synced is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

from tests.faults.power.recording import Cut, Made, Named, Removed, Said, Step, Synced, Wrote

SECTOR: Final = 512
"""Bytes that a disk writes whole or not at all."""

Chance = Callable[[bytes], list[bool]]
"""Which sectors of a write that was not synced are there."""


def nothing(data: bytes) -> list[bool]:
    """All that was not synced is lost."""
    return [False] * _sectors(data)


def everything(data: bytes) -> list[bool]:
    """All is there, as after the kill of a process."""
    return [True] * _sectors(data)


class AnyOfThem:
    """Each write is lost, is there, or is torn."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def __call__(self, data: bytes) -> list[bool]:
        fate = self.random.random()
        if fate < 0.7:
            return [fate < 0.35] * _sectors(data)
        return [self.random.random() < 0.5 for _ in range(_sectors(data))]


def _sectors(data: bytes) -> int:
    return -(-len(data) // SECTOR)


class _File:
    """The writes to one file, and until when they are on the disk for certain."""

    def __init__(self) -> None:
        self.changes: list[tuple[int, Wrote | Cut]] = []
        self.synced = 0

    def content(self, chance: Chance) -> bytes:
        """What the disk holds of it."""
        held = bytearray()
        for time, change in self.changes:
            safe = time <= self.synced
            if isinstance(change, Cut):
                if safe or all(chance(b"?")):
                    del held[change.length :]
                    held.extend(bytes(change.length - len(held)))
            else:
                _write(held, change, everything(change.data) if safe else chance(change.data))
        return bytes(held)


def _write(held: bytearray, change: Wrote, there: Sequence[bool]) -> None:
    begin = len(held) if change.offset is None else change.offset
    for sector, kept in enumerate(there):
        if kept:
            part = change.data[sector * SECTOR : (sector + 1) * SECTOR]
            at = begin + sector * SECTOR
            held.extend(bytes(max(0, at - len(held))))
            held[at : at + len(part)] = part


class Disk:
    """A directory as the deeds of a recording leave it, up to a cut."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._names: dict[str, _File] = {}
        self._lasting: dict[str, _File] = {}
        self._waiting: list[tuple[int, Callable[[dict[str, _File]], object]]] = []
        self.said: list[str] = []

    def run(self, steps: Sequence[Step]) -> None:
        """Do what was done, one deed after the other."""
        for step in steps:
            match step.deed:
                case Said(line):
                    self.said.append(line)
                case Wrote(path) | Cut(path):
                    self._names[path].changes.append((step.time, step.deed))
                case Made(path):
                    if path not in self._names:
                        self._rename(step.time, _adding(path, _File()))
                case Synced(path, since):
                    self._sync(path, since)
                case Named(path, name, moved):
                    self._rename(step.time, _adding(name, self._names[path]))
                    if moved:
                        self._rename(step.time, _removing(path))
                case Removed(path):
                    self._rename(step.time, _removing(path))

    def write_image(self, place: Path, chance: Chance, random: Random) -> None:
        """Write what the disk may hold into a directory; SQLite's shared memory is no part of it."""
        lasting = dict(self._lasting)
        kept = random.randint(0, len(self._waiting)) if isinstance(chance, AnyOfThem) else 0
        if chance is everything:
            kept = len(self._waiting)
        for _, change in self._waiting[:kept]:
            change(lasting)
        for path, file in lasting.items():
            if not path.endswith("-shm"):
                target = place / Path(path).relative_to(self._folder)
                target.write_bytes(file.content(chance))
                target.chmod(0o600)

    def _rename(self, time: int, change: Callable[[dict[str, _File]], object]) -> None:
        change(self._names)
        self._waiting.append((time, change))

    def _sync(self, path: str, since: int) -> None:
        if path != self._folder:
            self._names[path].synced = since
            return
        while self._waiting and self._waiting[0][0] <= since:
            _, change = self._waiting.pop(0)
            change(self._lasting)


def _adding(path: str, file: _File) -> Callable[[dict[str, _File]], object]:
    return lambda names: names.__setitem__(path, file)


def _removing(path: str) -> Callable[[dict[str, _File]], object]:
    return lambda names: names.pop(path, None)
