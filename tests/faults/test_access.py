"""Another account on the same host: what the program makes is ours alone, and what others lay out is never used."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import psutil
import pytest

from noc_tui.store.errors import NoPermission
from noc_tui.store.gate import FileLock
from noc_tui.store.opening import open_store
from noc_tui.store.places import PlantedFile
from tests.contract.desk import Desk
from tests.faults.running import until
from tests.faults.terminal import console_on

ROOT_ALONE = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")
NOBODY: Final = 65534
ROGUE: Final = "import pathlib\npathlib.Path('executed').touch()\nraise SystemExit(86)\n"
PLANTED: Final = (
    *("sqlite3", "signal", "json", "asyncio", "logging", "tomllib", "datetime", "uuid", "hashlib", "ssl", "socket"),
    *("click", "msgspec", "platformdirs", "sqlalchemy", "aiosqlite", "httpx", "textual", "rich", "starlette"),
)
"""Modules of the standard library and of others that the program imports."""


def bare(place: Path, *words: str, program: tuple[str, ...] = ("-m", "noc_tui")) -> subprocess.CompletedProcess[str]:
    """Run the program in a directory, as `python -m` or by other words, with that directory on Python's path."""
    env = {**os.environ, "PYTHONPATH": os.pathsep, "NOC_TUI_HOME": str(place / "home")}
    return subprocess.run(
        [sys.executable, *program, *words], cwd=place, env=env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A directory in which modules lie that should never be run, half of them as packages."""
    place = tmp_path / "trap"
    place.mkdir()
    for at, name in enumerate(PLANTED):
        file = place / f"{name}.py" if at % 2 else place / name / "__init__.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(ROGUE, encoding="utf-8")
    return place


def test_no_module_of_the_working_directory_is_ever_run(trap: Path) -> None:
    for words in (["log", "x"], ["doctor"], ["serve", "--listen", "nonsense"]):
        ran = bare(trap, *words)
        assert ran.returncode in (0, 1, 2), ran
        assert "unexpected" not in ran.stderr
    assert not (trap / "executed").exists()


def test_without_the_guard_one_would_be(trap: Path) -> None:
    entered = ("-c", "from noc_tui.cli.main import main; raise SystemExit(main())")
    assert bare(trap, "list", program=entered).returncode == 86
    assert (trap / "executed").exists()


_ALL = """
import json, sys
from noc_tui.__main__ import main
for words in json.load(sys.stdin):
    sys.argv = ["noc-tui", *words]
    assert main() == 0, words
import os, time
from pathlib import Path
from noc_tui.store.outbox import Outbox
from noc_tui.store.replica import ReplicaFile
from noc_tui.sync.remotes import keep_login, make_directory, remote_of
os.umask(0)
home = Path(os.environ["NOC_TUI_HOME"])
remote = remote_of("https://noc.example", home, home)
keep_login(remote, "ana", "ID.SECRET")
make_directory(remote)
for kept in (Outbox(remote.outbox, time.time_ns), ReplicaFile(remote.replica, remote.url, time.time_ns)):
    kept.close()
"""
"""Runs commands one after the other in one process, each as if it had been started; then what follows a server."""


def under(umask: int) -> tuple[str, ...]:
    """What starts a command under a umask."""
    return ("sh", "-c", f'umask {umask:03o}; exec "$@"', "sh")


class Household:
    """An account whose every kind of file is made by the program, below a home that is the program's own."""

    def __init__(self, place: Path, umask: int) -> None:
        self.home = place / "home"
        self.store = self.home / "noc.db"
        self.start = under(umask)

    def make_files(self) -> None:
        """Make the files of a store, and whatever is made out of it."""
        copy, lines, out = str(self.home / "copy.db"), str(self.home / "noc.ndjson"), "--store"
        commands = [
            ["log", "Link down"],
            ["token", "create", "ana", "--role", "operator"],
            ["alert", "send", "--key", "k", "--resource", "r", "--severity", "major"],
            ["do", "ack", "1"],
            ["backup", copy],
            ["export", lines],
            ["import", lines, out, str(self.home / "again.db")],
            ["restore", copy],
            ["search", "link"],
            ["simulate", "--open", "2", "--closed", "1", out, str(self.home / "drill.db")],
        ]
        ran = subprocess.run(
            [*self.start, sys.executable, "-P", "-c", _ALL],
            input=json.dumps(commands),
            env={**os.environ, "NOC_TUI_HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran

    def sit_down(self) -> None:
        """Open the board, and have it keep something for the next time, while its agent runs."""
        with console_on(self.store, under=self.start) as console:
            console.await_row("Link down")
            console.press("Qajq")
            console.press("Q")
            until(lambda: console.read(0.05) and self.kept(), "what a console keeps between its runs")
            assert console.leave() == 0

    def kept(self) -> bool:
        """Whether a console has kept something."""
        return (self.home / "console.json").exists()


def loose(place: Path) -> dict[str, str]:
    """What below a place is open to others: its name, and its mode."""
    return {
        str(file.relative_to(place)): oct(stat.S_IMODE(file.lstat().st_mode))
        for file in place.rglob("*")
        if file.lstat().st_mode & 0o077
    }


@pytest.mark.pty
@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_whatever_the_umask_all_that_is_made_is_for_its_owner_alone(
    tmp_path: Path, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = Household(tmp_path, umask)
    monkeypatch.setenv("NOC_TUI_HOME", str(house.home))
    house.make_files()
    house.sit_down()
    names = {file.name for file in house.home.iterdir()}
    assert {"noc.db", "noc.db-live", "noc.db-search", "noc.db-tokens", "noc.db-writer.lock", "console.json"} <= names
    assert any(".replaced-" in name for name in names)
    assert {"replica.db", "outbox.db"} <= {file.name for file in house.home.glob("remotes/*/*")}
    assert loose(tmp_path) == {}


def test_the_eye_for_modes_is_not_blind(tmp_path: Path) -> None:
    subprocess.run(["sh", "-c", "umask 000; mkdir made; : > made/file"], cwd=tmp_path, check=True)
    assert loose(tmp_path) == {"made": "0o777", "made/file": "0o666"}


@pytest.mark.parametrize("suffix", ["-wal", "-live", "-search", "-writer.lock", "-agent.lock"])
def test_a_link_beside_the_store_is_not_followed(desk: Desk, tmp_path: Path, suffix: str) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    beside = desk.path.with_name(f"noc.db{suffix}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(precious)
    with pytest.raises(PlantedFile, match=f"{beside} is a symbolic link: remove that file"):
        desk.open()
    assert precious.read_text(encoding="utf-8") == "mine"
    beside.unlink()
    desk.open().close()


@pytest.mark.parametrize("suffix", ["-search", "-search-wal"])
def test_a_search_follows_no_link_beside_the_store(desk: Desk, tmp_path: Path, suffix: str) -> None:
    with closing(desk.open()) as store:
        desk.log(store, "Link down")
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    beside = desk.path.with_name(f"noc.db{suffix}")
    beside.symlink_to(precious)
    ran = bare(tmp_path, "search", "link", "--store", str(desk.path))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert f"{beside} is a symbolic link: remove that file" in ran.stderr
    assert precious.read_text(encoding="utf-8") == "mine"


def test_a_lock_is_never_taken_on_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    link = tmp_path / "noc.db-writer.lock"
    link.symlink_to(tmp_path / "precious")
    with pytest.raises(PlantedFile, match=f"{link} is a symbolic link: remove that file"):
        FileLock(link)
    assert [file.name for file in tmp_path.iterdir()] == [link.name]


@ROOT_ALONE
@pytest.mark.parametrize("suffix", ["", "-live", "-next.lock"])
def test_a_file_of_another_account_is_not_used(desk: Desk, suffix: str) -> None:
    beside = desk.path.with_name(f"noc.db{suffix}")
    before = beside.read_bytes()
    os.chown(beside, NOBODY, NOBODY)
    with pytest.raises(PlantedFile if suffix else NoPermission, match=r"another account|to one account"):
        desk.open()
    assert beside.read_bytes() == before
    os.chown(beside, 0, 0)
    desk.open().close()


def test_a_store_opened_by_a_link_has_one_set_of_locks(desk: Desk, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(desk.path)
    with closing(desk.open()) as store:
        desk.log(store)
        with closing(open_store(link)) as other:
            assert other.path == desk.path
            assert desk.do(other, "log", desk.new_id(), title="second").ok
    assert [file.name for file in link.parent.iterdir()] == ["link.db"]


def test_a_link_to_itself_is_said(tmp_path: Path) -> None:
    loop = tmp_path / "loop.db"
    loop.symlink_to(loop)
    ran = bare(tmp_path, "list", "--store", str(loop))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "is a link that leads to itself" in ran.stderr


def sockets_of(process: psutil.Process) -> list[psutil._common.pconn]:
    """What a process and its children listen on."""
    family = [process, *process.children(recursive=True)]
    return [one for each in family for one in each.net_connections("all") if one.status in ("LISTEN", "NONE")]


@pytest.mark.pty
def test_nothing_of_it_lies_about_where_others_look(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = tmp_path / "common"
    common.mkdir()
    monkeypatch.setenv("TMPDIR", str(common))
    with closing(desk.open()) as store:
        desk.log(store, "A title that only we know")
    with console_on(desk.path) as console:
        console.await_row("A title")
        process = psutil.Process(console.process.pid)
        until(lambda: console.read(0.05) or process.children(), "its agent")
        assert [one for one in sockets_of(process) if one.family in (socket.AF_INET, socket.AF_INET6)] == []
        names = [one.laddr for one in sockets_of(process) if one.family == socket.AF_UNIX]
        assert [name for name in names if name] == []
        told = [" ".join(one.cmdline()) for one in (process, *process.children(recursive=True))]
        assert not [words for words in told if "only we know" in words]
        assert list(common.iterdir()) == []
        console.leave()
    assert list(common.iterdir()) == []
