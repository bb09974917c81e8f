"""What is loaded in fact, judged in a clean interpreter: a script's command pays for no screen."""

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import dotted, modules

HEAVY = {"asyncio", "httpx", "rich", "sqlalchemy", "sqlite3", "textual", "widgets"}

LOADED = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds once it has run this code."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOADED}"], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize("package", ["noc_tui.incidents", "noc_tui.journal"])
def test_the_pure_packages_load_nothing_heavy(package: str) -> None:
    every = [name for name in map(dotted, modules("noc_tui")) if f"{name}.".startswith(f"{package}.")]
    assert every, f"{package} is not there"
    assert loaded_after(f"import {', '.join(every)}") & HEAVY == set()


def test_widgets_load_nothing_of_the_program() -> None:
    every = [name for name in map(dotted, modules("widgets")) if not name.endswith("__main__")]
    assert loaded_after(f"import {', '.join(every)}") & {"noc_tui", "sqlalchemy", "httpx", "sqlite3"} == set()


def test_the_guard_loads_no_more_than_it_needs() -> None:
    assert loaded_after("import noc_tui.__main__") & (HEAVY | {"click", "msgspec"}) == set()


COMMANDS = ["--version", "--help", "list --help", "alert send --help"]


@pytest.mark.parametrize("arguments", COMMANDS)
def test_the_command_line_loads_no_textual(arguments: str) -> None:
    code = (
        "import sys, noc_tui.__main__ as program\n"
        f"sys.argv = ['noc-tui', *{arguments.split()!r}]\n"
        "try:\n    status = program.main()\n"
        "except SystemExit as end:\n    status = end.code\n"
        "assert not status, status"
    )
    assert loaded_after(code) & {"textual", "rich", "widgets", "sqlalchemy", "httpx"} == set()
