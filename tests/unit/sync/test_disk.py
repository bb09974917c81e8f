"""Effects on disk and their answers, on real files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Incident
from noc_tui.journal.beside import Presence
from noc_tui.journal.exchange import History, Page, Prior, SnapshotEnd, SnapshotRows, Told
from noc_tui.store.errors import VanishedStore
from noc_tui.sync import effects, inputs
from noc_tui.sync.effects import Effect
from noc_tui.sync.inputs import Input
from tests.unit.sync.script import END, NOW, START, TICKET, Files

CURSOR = START.cursor
PAGE = Page(epoch=CURSOR.epoch, after=5, hash=CURSOR.hash, head=5, time=1)
ACK = Command(id=b"c" * 16, verb="ack", incident=b"i" * 16)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    """Files of a link."""
    files = Files(tmp_path)
    yield files
    files.close()


def done(files: Files, *wanted: Effect) -> list[Input]:
    """The answers to effects, all of which were done."""
    answers, whole = files.disk.do(wanted)
    assert whole
    return answers


def filled(files: Files) -> None:
    """Fill the replica with nothing."""
    done(files, effects.BeginFill(start=START), effects.FinishFill(ticket=TICKET, end=END))


def test_a_replica_is_filled(files: Files) -> None:
    (loaded,) = done(files, effects.Load())
    assert isinstance(loaded, inputs.Loaded) and loaded.cursor is None and loaded.entries == ()
    rows = SnapshotRows(incidents=(Incident(id=b"i" * 16, number=1),))
    wanted = (effects.BeginFill(start=START), effects.FillRows(rows=rows))
    assert done(files, *wanted) == []
    (answer,) = done(files, effects.FinishFill(ticket=TICKET, end=SnapshotEnd(1, 0)))
    assert isinstance(answer, inputs.Filled) and answer.cursor == CURSOR


def test_a_snapshot_that_is_not_whole_does_not_continue(files: Files) -> None:
    (answer,) = done(files, effects.BeginFill(start=START), effects.FinishFill(ticket=TICKET, end=SnapshotEnd(1, 0)))
    assert isinstance(answer, inputs.NotContinued) and answer.ticket == TICKET


def test_a_page_is_applied_or_not_and_says_which(files: Files) -> None:
    filled(files)
    (answer,) = done(files, effects.ApplyPage(ticket=TICKET, page=PAGE))
    assert isinstance(answer, inputs.Applied) and answer.cursor == CURSOR
    elsewhere = Page(epoch=b"\x02" * 16, after=5, hash=CURSOR.hash, head=5, time=1)
    (answer,) = done(files, effects.ApplyPage(ticket=TICKET, page=elsewhere))
    assert isinstance(answer, inputs.Outdated)
    told = Told(6, b"e" * 16, "incident.acked", 1, 1, "ana", b"\x00" * 32, incident_id=b"i" * 16, number=1, revision=2)
    broken = Page(epoch=CURSOR.epoch, after=5, hash=CURSOR.hash, head=6, time=1, events=(told,))
    (answer,) = done(files, effects.ApplyPage(ticket=TICKET, page=broken))
    assert isinstance(answer, inputs.Lacking) and answer.asked.incidents == (b"i" * 16,)
    prior = Prior(5, incidents=(Incident(id=b"i" * 16, number=1, revision=1),))
    (answer,) = done(files, effects.ApplyPage(ticket=TICKET, page=broken, prior=prior))
    assert isinstance(answer, inputs.NotContinued)


def test_the_outbox_is_read_and_kept(files: Files) -> None:
    files.outbox.press([ACK])
    (read,) = done(files, effects.CountTries(commands=frozenset((ACK.id,))), effects.ReadOutbox(turn=7))
    assert isinstance(read, inputs.OutboxRead) and read.turn == 7
    assert [(entry.command, entry.tries) for entry in read.entries] == [(ACK, 1)]
    outcome = Outcome(command=ACK.id, ok=True, number=1, seqs=(9,))
    done(files, effects.KeepAnswers(outcomes=(outcome,), lineage=3, at=NOW))
    assert [entry.state for entry in files.outbox.unfinished()] == ["acked"]
    done(files, effects.Settle(commands=frozenset((ACK.id,)), at=NOW))
    assert files.outbox.unfinished() == []
    done(files, effects.StartOver(at=NOW))
    assert [entry.state for entry in files.outbox.unfinished()] == ["pending"]
    done(files, effects.Settle(commands=frozenset((ACK.id,)), at=NOW), effects.Prune(before=NOW + 1))
    assert files.outbox.entry(ACK.id) is None


def test_what_was_seen_is_found(files: Files) -> None:
    filled(files)
    (found,) = done(files, effects.FindSeen(commands=frozenset((ACK.id,)), lineage=4))
    assert isinstance(found, inputs.SeenFound) and (found.commands, found.lineage) == (frozenset(), 4)


def test_histories_and_who_is_elsewhere_are_kept(files: Files) -> None:
    filled(files)
    present = (Presence(actor="bo", origin="far:pts/1", incident=1, at=NOW),)
    history = History(Incident(id=b"i" * 16, number=1), ())
    assert done(files, effects.KeepHistory(history=history), effects.TellPresent(present=present)) == []
    assert files.live.present(0) == list(present)


def test_a_file_that_is_gone_is_no_trouble_to_wait_for(files: Files, tmp_path: Path) -> None:
    (tmp_path / "outbox.db").unlink()
    with pytest.raises(VanishedStore):
        files.disk.do([effects.CountTries(commands=frozenset((ACK.id,)))])
