"""The tree holds no trace of the machine it was written on: no path of it, no address of a package index."""

import re

import pytest

from tests.architecture.tree import ROOT, files, name_of

TRACE = re.compile(
    r"(?<![\w.$}/])/(?:work|root|home|Users|opt|mnt)/[\w.]"
    r"|\bfile:///"
    r"|\bpypi\.(?:org|python)\b|\bpythonhosted\b"
    r"|--(?:extra-)?index-url|--find-links|--trusted-host"
)
HERE = "tests/architecture/test_workplace.py"


def test_no_file_names_a_machine_or_an_index() -> None:
    traces = []
    for path in files():
        content = path.read_bytes()
        if b"\0" in content or name_of(path) == HERE:
            continue
        for number, line in enumerate(content.decode("utf-8").splitlines(), 1):
            if TRACE.search(line):
                traces.append(f"{name_of(path)}:{number}: {line.strip()[:80]}")
    assert not traces, "\n".join(traces)


@pytest.mark.parametrize(
    "line", ["see |root|x", "'|home|me|.cache'", "file:|||tmp", "--index-url=", "https:||pypi.org|simple"]
)
def test_a_trace_is_found(line: str) -> None:
    assert TRACE.search(line.replace("|", "/"))


@pytest.mark.parametrize(
    "line", ["--no-emit-index-url", "https:||host|work|x", "|path|to|python3", "~|.config", "$HOME|work|"]
)
def test_what_is_no_trace_is_let_be(line: str) -> None:
    assert not TRACE.search(line.replace("|", "/"))


def test_the_files_read_are_the_project() -> None:
    assert {ROOT / "pyproject.toml", ROOT / ".ci" / "run"} <= set(files())
