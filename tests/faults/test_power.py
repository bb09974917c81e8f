"""The power is cut: whatever the disk kept of what was not synced, nothing that was answered is lost.

The store, its outbox and a backup are used by a process whose calls to the kernel are recorded; each image is what a
disk may hold at some moment of them. The control syncs less than the store does, and loses.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

import pytest

from noc_tui.incidents.commands import Outcome
from noc_tui.store.errors import MissingStore
from noc_tui.store.opening import open_store, wall_clock
from noc_tui.store.outbox import Outbox
from tests.contract.desk import rows, sound
from tests.faults.power.images import AnyOfThem, Chance, Disk, everything, nothing
from tests.faults.power.recording import Said, Step, can_record, record

ROOT: Final = Path(__file__).parents[2]
Day = Callable[[str, int], tuple[Path, list[Step]]]
"""Records so many rounds at a store that syncs as the level says; returns its folder and what was done there."""


@pytest.fixture(scope="module")
def recorded(require_server: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Day:
    """What records a day, or a skip where no process may be traced."""
    require_server("strace")
    log = tmp_path_factory.mktemp("calls")
    if not can_record(log):
        pytest.skip("this host lets no process be traced")

    def day(level: str, rounds: int) -> tuple[Path, list[Step]]:
        folder = tmp_path_factory.mktemp("day")
        command = [sys.executable, "-m", "tests.faults.power.deeds", str(folder), level, str(rounds)]
        return folder, record(["env", f"--chdir={ROOT}", *command], log / level, folder)

    return day


def moments(steps: Sequence[Step], random: Random) -> int:
    """A moment of the recording, every other time the one right after an answer."""
    if random.random() < 0.5:
        return random.choice([n for n, step in enumerate(steps, start=1) if isinstance(step.deed, Said)])
    return random.randrange(1, len(steps) + 1)


def image(folder: Path, steps: Sequence[Step], place: Path, chance: Chance, random: Random) -> list[str]:
    """Write what a disk may hold after some of the steps, and return what had been answered by then."""
    disk = Disk(folder)
    disk.run(steps)
    place.mkdir()
    disk.write_image(place, chance, random)
    return disk.said


def lost(place: Path, said: Sequence[str]) -> list[str]:
    """What was answered and is not there any more; AssertionError if what is there is not whole."""
    answers = [line.split() for line in said]
    with closing(Outbox(place / "outbox.db", wall_clock)) as outbox:
        pressed = {entry.command.id.hex() for entry in outbox.unfinished()}
        outbox.answered([Outcome(command=bytes.fromhex(id), ok=True) for id in pressed], 1, wall_clock())
    missing = [f"press {id}" for kind, *rest in answers if kind == "press" for id in rest if id not in pressed]
    if any(kind == "copy" for kind, *_ in answers):
        assert sound(place / "copy.db")
    try:
        with closing(open_store(place / "noc.db", create=False)) as store:
            assert store.ingest([]) == []
            store.write_counters()
    except MissingStore:
        return missing + [line for line in said if not line.startswith("press")]
    assert sound(place / "noc.db")
    done = {id.hex(): "command" for (id,) in rows(place / "noc.db", "SELECT command_id FROM receipts WHERE ok")}
    done |= {id.hex(): "refusal" for (id,) in rows(place / "noc.db", "SELECT command_id FROM receipts WHERE NOT ok")}
    alerts = dict(rows(place / "noc.db", "SELECT ref, firing FROM alerts"))
    told = {ref: state for kind, *rest in answers if kind == "alert" for ref, state in [rest]}
    missing += [
        " ".join(line) for line in answers if line[0] in ("command", "refusal") and done.get(line[1]) != line[0]
    ]
    missing += [f"alert {ref} {told[ref]}" for ref in told if not _known(alerts.get(ref), told[ref])]
    return missing


def _known(firing: int | None, told: str) -> bool:
    return firing == 0 if told == "cleared" else firing is not None


@pytest.mark.real
@pytest.mark.parametrize(("rounds", "count"), [(10, 48), pytest.param(30, 2_000, marks=pytest.mark.slow)])
def test_a_power_cut_loses_nothing_that_was_answered(recorded: Day, tmp_path: Path, rounds: int, count: int) -> None:
    folder, steps = recorded("FULL", rounds)
    assert sum(isinstance(step.deed, Said) for step in steps) > 20 * rounds
    for number in range(count):
        random = Random(number)
        chance = (nothing, everything, AnyOfThem(random), AnyOfThem(random))[number % 4]
        place = tmp_path / str(number)
        said = image(folder, steps[: moments(steps, random)], place, chance, random)
        assert lost(place, said) == [], f"image {number}"


@pytest.mark.real
def test_a_store_that_syncs_less_would_lose(recorded: Day, tmp_path: Path) -> None:
    """The control: the same images tell when something is lost."""
    folder, steps = recorded("NORMAL", 5)
    for number in range(60):
        random = Random(number)
        place = tmp_path / str(number)
        said = image(folder, steps[: moments(steps, random)], place, nothing, random)
        try:
            if lost(place, said):
                return
        except sqlite3.Error:
            continue
    pytest.fail("no image of a store that does not sync its commits has lost anything")
