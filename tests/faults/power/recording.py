"""What a process asked of the disk, in order, as the kernel was asked: recorded by `strace`, which knows nothing of us.

A write counts from where it began, a sync covers what had ended before it began, and what the process printed stands
in its place between them: so it is known what was on the disk for certain when an answer was given.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

CALLS: Final = (
    "openat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir"
)
OPTIONS: Final = ("-f", "-y", "-xx", "-s", "8000000", "-qq", "-e", f"trace={CALLS}", "-e", "signal=none")


class Made(msgspec.Struct, frozen=True):
    """A file was made."""

    path: str


class Wrote(msgspec.Struct, frozen=True):
    """Bytes were written to a file at an offset, or at its end (None)."""

    path: str
    offset: int | None
    data: bytes


class Cut(msgspec.Struct, frozen=True):
    """A file was given another length."""

    path: str
    length: int


class Synced(msgspec.Struct, frozen=True):
    """A file or a directory was synced: all that had ended by the time `since`, when it was asked for."""

    path: str
    since: int


class Named(msgspec.Struct, frozen=True):
    """A file was given another name; `moved` says that it has lost the old one."""

    path: str
    name: str
    moved: bool


class Removed(msgspec.Struct, frozen=True):
    """A file lost a name."""

    path: str


class Said(msgspec.Struct, frozen=True):
    """The process printed a line."""

    line: str


Deed = Made | Wrote | Cut | Synced | Named | Removed | Said


class Step(msgspec.Struct, frozen=True):
    """A deed, and the time when it had ended, counted in calls."""

    time: int
    deed: Deed


_UNFINISHED: Final = " <unfinished ...>"
_RESUMED: Final = re.compile(r"^<\.\.\. \w+ resumed>(.*)$")
_CALL: Final = re.compile(r"^(\w+)\((.*)\) += (-?\d+)(.*)$", re.DOTALL)
_HEX: Final = re.compile(r"\\x([0-9a-f]{2})")
_PATH: Final = re.compile(r"<((?:\\x[0-9a-f]{2})*)>")
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def record(command: Sequence[str], log: Path, folder: Path) -> list[Step]:
    """Run a command to its end and return what it did in `folder`, and what it printed."""
    run = subprocess.run(
        ["strace", *OPTIONS, "-o", str(log), *command], capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stderr
    return list(_steps(log.read_text(encoding="ascii").splitlines(), f"{folder}/"))


def can_record(folder: Path) -> bool:
    """Return whether this host lets a process be traced."""
    command = ["strace", *OPTIONS, "-o", str(folder / "probe"), "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _steps(lines: Sequence[str], folder: str) -> Iterator[Step]:
    printed = ""
    for time, (call, arguments, began) in enumerate(_calls(lines), start=1):
        for deed in _read(call, arguments, began):
            if isinstance(deed, Said):
                *whole, printed = (printed + deed.line).split("\n")
                yield from (Step(time, Said(line)) for line in whole)
            elif deed.path.startswith(folder) or f"{deed.path}/" == folder:
                yield Step(time, deed)


def _calls(lines: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Yield the calls that succeeded, as they ended: name, arguments, and how many of all had ended at its begin."""
    begun: dict[str, tuple[str, int]] = {}
    ended = 0
    for line in lines:
        process, _, rest = line.partition(" ")
        rest, began = rest.lstrip(), ended
        if rest.endswith(_UNFINISHED):
            begun[process] = (rest.removesuffix(_UNFINISHED), ended)
            continue
        if (resumed := _RESUMED.match(rest)) is not None:
            first, began = begun.pop(process)
            rest = first + resumed[1]
        call = _CALL.match(rest)
        if call is not None and int(call[3]) >= 0:
            ended += 1
            yield call[1], call[2] + call[4], began


def _read(call: str, arguments: str, began: int) -> Iterator[Deed]:
    paths, texts = [_plain(found) for found in _PATH.findall(arguments)], _TEXT.findall(arguments)
    names = [_plain(text) for text in texts]
    match call:
        case "openat" if "O_CREAT" in arguments or "O_TRUNC" in arguments:
            yield Made(paths[-1])
            if "O_TRUNC" in arguments:
                yield Cut(paths[-1], 0)
        case "pwrite64":
            *_, offset = arguments.rsplit(", ", 1)
            yield Wrote(paths[0], int(offset), _bytes(texts[0]))
        case "write":
            yield Said(names[0]) if arguments.startswith("1<") else Wrote(paths[0], None, _bytes(texts[0]))
        case "ftruncate":
            *_, length = arguments.rsplit(", ", 1)
            yield Cut(paths[0], int(length))
        case "fsync" | "fdatasync":
            yield Synced(paths[0], began)
        case "rename" | "renameat" | "renameat2":
            yield Named(names[0], names[1], moved=True)
        case "link" | "linkat":
            yield Named(names[0], names[1], moved=False)
        case "unlink" | "unlinkat":
            yield Removed(names[0])
        case _:
            return


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _plain(text: str) -> str:
    return _HEX.sub(lambda found: chr(int(found[1], 16)), text)
