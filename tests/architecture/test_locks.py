"""Both lock files pin and hash all that an installation takes, and agree with what the project asks for."""

import importlib.metadata
import re
import tomllib
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement

from tests.architecture.tree import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


class Pin(NamedTuple):
    """One entry of a lock file."""

    requirement: Requirement
    hashes: frozenset[str]


def pins(lock: str) -> dict[str, Pin]:
    """A lock file's entries by name; any line that is none of an entry fails the test."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {}
    for entry in text.replace("\\\n", " ").splitlines():
        words, *hashes = entry.split(" --hash=")
        requirement = Requirement(words.strip())
        found[requirement.name.lower()] = Pin(requirement, frozenset(hash_.strip() for hash_ in hashes))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_one_release_with_hashes(lock: str) -> None:
    for name, pin in pins(lock).items():
        assert re.fullmatch(r"==[\w.+!]+", str(pin.requirement.specifier)), name
        assert pin.hashes, f"{name} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in pin.hashes), name
        assert pin.requirement.url is None, name


def test_the_development_lock_holds_the_runtime_lock() -> None:
    runtime, development = (pins(lock) for lock in LOCKS)
    assert {name: pin.hashes for name, pin in runtime.items()} == {
        name: pin.hashes for name, pin in development.items() if name in runtime
    }


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-dev.lock", PROJECT["dependency-groups"]["dev"]),
        ("requirements-dev.lock", PROJECT["build-system"]["requires"]),
    ],
)
def test_the_lock_answers_what_the_project_asks_for(lock: str, asked: list[str]) -> None:
    locked = pins(lock)
    for requirement in map(Requirement, asked):
        pinned = str(locked[requirement.name.lower()].requirement.specifier).removeprefix("==")
        assert pinned in requirement.specifier, f"make lock: {requirement} against {pinned}"


@pytest.mark.parametrize("lock", LOCKS)
def test_an_extra_that_an_entry_asks_for_is_pinned_with_it(lock: str) -> None:
    """Else pip takes the newest release for the extra and refuses it: that one has no hash here."""
    locked = pins(lock)
    installed = {dist.name.lower(): dist for dist in importlib.metadata.distributions()}
    for name in locked.keys() & installed.keys():
        for asked in map(Requirement, installed[name].requires or ()):
            needed = asked.marker is None or asked.marker.evaluate({"extra": ""})
            if needed and asked.name.lower() in locked:
                assert asked.extras <= locked[asked.name.lower()].requirement.extras, f"{name} asks for {asked}"
