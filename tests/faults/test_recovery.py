"""docs/recovery.md, case by case: the program says what the document says it does, and the commands mend it."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import trustme

from noc_tui.incidents.model import HOUR
from noc_tui.store.backup import backup
from noc_tui.store.exporting import export_journal
from noc_tui.store.live import live_path
from noc_tui.store.opening import wall_clock
from tests.architecture.tree import ROOT
from tests.contract.cli.running import AS_ANYBODY
from tests.contract.desk import Desk
from tests.contract.remote.running import Account, Server, serving
from tests.faults.terminal import console_on

DOCUMENT: Final = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
SECTION: Final = re.compile(
    r"^## (?P<title>.+)\n<!-- case: (?P<case>[\w-]+) -->\n(?P<text>(?:(?!^## ).*\n?)*)", re.MULTILINE
)
SECTIONS: Final = {found["case"]: found["text"] for found in SECTION.finditer(DOCUMENT)}
SEEN_BY_DOCTOR: Final = {
    *("damaged", "empty", "full", "read-only", "planted", "clock", "newer", "import", "configuration", "agent"),
    *("replica", "token", "certificate"),
}
"""The cases that `noc-tui doctor` names before anything is done."""
STATUS: Final = re.compile(r"# exits (\d)(?: or (\d))?")


class House:
    """Somebody's home on a host, with a store that has an incident in it, a backup of that, and the program."""

    def __init__(self, place: Path, stack: ExitStack) -> None:
        self.stack = stack
        self.home = place / "home"
        self.data = self.home / ".local" / "share" / "noc-tui"
        self.store = self.data / "noc.db"
        self.env = {"HOME": str(self.home), "PATH": f"{place / 'bin'}:{os.environ['PATH']}", "STORE": str(self.store)}
        self.data.mkdir(parents=True, mode=0o700)
        self.install(sys.executable, "-P", "-m", "noc_tui")
        self.desk = Desk(self.data)
        self.desk.now = wall_clock() - HOUR
        with closing(self.desk.open()) as store:
            self.desk.log(store)
        backup(self.store, self.home / "backup.db", lambda _done, _all: None)

    def install(self, *words: str) -> None:
        """Let the command `noc-tui` start the program by these words."""
        command = self.home.parent / "bin" / "noc-tui"
        command.parent.mkdir(exist_ok=True)
        command.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
        command.chmod(0o755)

    def sql(self, statement: str, store: Path | None = None) -> None:
        """Change a store behind the program's back."""
        with closing(sqlite3.connect(store or self.store)) as db:
            db.execute(statement)
            db.commit()

    def run(self, line: str) -> tuple[int, str]:
        """Run a line of shell as its owner would: its exit status, and all that it printed."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "NOC_TUI_"))}
        ran = subprocess.run(
            ["sh", "-c", line],
            env=env | self.env,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr

    def serve(self, *words: str, scheme: str = "http") -> tuple[Server, Account]:
        """A server on this host, and this account as one that follows it."""
        served = self.home.parent / "srv" / "noc.db"
        served.parent.mkdir()
        server = self.stack.enter_context(serving(served, *words, scheme=scheme))
        account = Account(self.home, server.url)
        account.remote = account.remote.__class__(
            account.remote.url,
            self.data / "remotes" / account.remote.directory.name,
            self.home / ".config" / "noc-tui" / "tokens" / account.remote.login_file.name,
        )
        account.log_in(server.token())
        replica = account.remote.replica
        self.env |= {"SERVER": server.url, "SERVED": str(served), "NOC_TUI_STORE": server.url, "STORE": str(replica)}
        return server, account


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that is cleared afterwards."""
    with ExitStack() as stack:
        yield House(tmp_path, stack)


def damaged(house: House) -> None:
    """A page of the file is garbage."""
    with house.store.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096 * 3)


def projection(house: House) -> None:
    """The board is not what the journal says."""
    house.sql("UPDATE incidents SET title = 'Nothing is wrong'")


def empty(house: House) -> None:
    """The file has lost its content."""
    for file in house.data.glob("noc.db*"):
        file.unlink()
    house.store.touch(0o600)


def full(house: House) -> None:
    """The disk holds an old store, and not a byte more."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", house.data], capture_output=True)
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here: {done.stderr.decode().strip()}")
    house.stack.callback(lambda: subprocess.run(["umount", "--lazy", house.data], check=True))
    with closing(house.desk.open()) as store:
        house.desk.log(store)
    with pytest.raises(OSError, match="No space"), Path(f"{house.store}.replaced-1").open("wb", buffering=0) as old:
        while True:
            assert old.write(b"x" * 4096)


def read_only(house: House) -> None:
    """Somebody took the rights away."""
    house.install(*AS_ANYBODY)
    house.store.chmod(0o400)
    house.data.chmod(0o500)
    house.stack.callback(house.data.chmod, 0o700)


def planted(house: House) -> None:
    """Somebody put a link where the program would write."""
    live_path(house.store).unlink(missing_ok=True)
    live_path(house.store).symlink_to(house.home / "elsewhere")


def clock(house: House) -> None:
    """Something was written while the clock was three hours ahead."""
    house.desk.now = wall_clock() + 3 * HOUR
    with closing(house.desk.open()) as store:
        house.desk.log(store)


def newer(house: House) -> None:
    """A newer program has been at the file."""
    house.sql("UPDATE meta SET value = '99' WHERE key = 'format'")


def interrupted(house: House) -> None:
    """An import stopped on the way."""
    lines = house.home / "noc.ndjson"
    with lines.open("wb") as out:
        export_journal(house.store, out)
    whole = lines.read_bytes()
    empty(house)
    house.store.unlink()
    lines.write_bytes(whole[: len(whole) // 2])
    assert house.run("noc-tui import ~/noc.ndjson")[0] == 1
    lines.write_bytes(whole)


def search(house: House) -> None:
    """The index is garbage."""
    house.store.with_name("noc.db-search").write_bytes(b"\xa5" * 9000)


def locks(house: House) -> None:
    """Locks of programs that were killed lie about, and one is held by a program that stands still."""
    house.store.with_name("noc.db-bulk.lock").touch(0o600)
    hold = "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); print(flush=True); time.sleep(60)"
    words = [sys.executable, "-c", hold, str(house.store.with_name("noc.db-writer.lock"))]
    holder = house.stack.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE))
    house.stack.callback(holder.kill)
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.send_signal(signal.SIGSTOP)
    house.env["PID"] = str(holder.pid)


def configuration(house: House) -> None:
    """A quote is missing."""
    file = house.home / ".config" / "noc-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('me = "ana\n', encoding="utf-8")


def agent(house: House) -> None:
    """There is something in the place of its lock, and its source is not there."""
    house.env["SOURCE"] = "http://127.0.0.1:9"
    house.store.with_name("noc.db-agent.lock").mkdir()


def console(house: House) -> None:
    """A console stands in another terminal."""
    terminal = house.stack.enter_context(console_on(house.store))
    terminal.await_row("Link down")
    house.env["PID"] = str(terminal.process.pid)


def outbox(house: House) -> None:
    """A command waits for a server that is away."""
    server, account = house.serve()
    server.stop()
    account.press(house.desk.command("log", house.desk.new_id(), title="Pressed"))


def replica(house: House) -> None:
    """The copy is garbage, the outbox beside it is not."""
    _, account = house.serve()
    account.press(house.desk.command("log", house.desk.new_id(), title="Pressed"))
    account.remote.replica.write_bytes(b"SQLite format 3\x00" + b"\xa5" * 9000)


def token(house: House) -> None:
    """The token was revoked."""
    server, _ = house.serve()
    server.revoke()


def certificate(house: House) -> None:
    """The certificate ended long ago."""
    authority, place = trustme.CA(), house.home.parent
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2021))
    cert = authority.issue_cert("127.0.0.1", not_before=begin, not_after=end)
    cert.cert_chain_pems[0].write_to_path(place / "cert.pem")
    cert.private_key_pem.write_to_path(place / "key.pem")
    authority.cert_pem.write_to_path(place / "ca.pem")
    server, _ = house.serve("--tls-cert", str(place / "cert.pem"), "--tls-key", str(place / "key.pem"), scheme="https")
    file = house.home / ".config" / "noc-tui" / "config.toml"
    file.write_text(f'[[remote]]\nurl = "{server.url}"\nca_file = "{place / "ca.pem"}"\n', encoding="utf-8")


def restored(house: House) -> None:
    """A server has ended, and is to be set back."""
    server, _ = house.serve()
    server.stop()
    del house.env["NOC_TUI_STORE"]


CASES: Final[dict[str, Callable[[House], None]]] = {
    **{case.__name__: case for case in (damaged, projection, empty, full, planted, clock, newer, search, locks)},
    **{case.__name__: case for case in (configuration, agent, console, outbox, replica, token, certificate, restored)},
    "read-only": read_only,
    "import": interrupted,
}


def commands(text: str) -> Iterator[tuple[str, set[int]]]:
    """The lines of a section's blocks, each with the exit statuses that are right."""
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            told = STATUS.search(line)
            yield line.partition("  #")[0], {int(status) for status in told.groups() if status} if told else {0}


def test_every_block_of_the_document_has_its_case() -> None:
    assert set(SECTIONS) == set(CASES)
    assert DOCUMENT.count("```sh") == sum(text.count("```sh") for text in SECTIONS.values())
    assert all(list(commands(text)) for text in SECTIONS.values())


@pytest.mark.parametrize("case", CASES)
def test_what_it_says_is_said_and_what_it_advises_mends_it(house: House, case: str) -> None:
    CASES[case](house)
    status, said = house.run("noc-tui doctor")
    assert (status != 0) == (case in SEEN_BY_DOCTOR) or case in ("outbox", "restored"), said
    for line, statuses in commands(SECTIONS[case]):
        ended, printed = house.run(line)
        assert ended in statuses, (line, ended, printed)
        assert "Traceback" not in printed
        said += printed
    told = re.search(r"It says ((?:`[^`]+`(?:, or | or )?)+)", SECTIONS[case])
    words = re.findall(r"`([^`]+)`", told[1]) if told else []
    assert not words or any(word in said for word in words), (words, said)


def test_without_the_advice_it_stays_broken(house: House) -> None:
    damaged(house)
    assert house.run("noc-tui verify")[0] == 1
    assert house.run("noc-tui log again")[0] == 1
