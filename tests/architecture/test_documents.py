"""The documents that packaging stands on keep up with it."""

import re

from packaging.requirements import Requirement

from noc_tui import __version__
from tests.architecture.test_locks import PROJECT
from tests.architecture.tree import ROOT


def headings(document: str) -> list[str]:
    """The second-level headings of a document."""
    return re.findall(r"^## (.+)$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_runtime_dependency_is_accounted_for() -> None:
    wanted = {Requirement(entry).name for entry in PROJECT["project"]["dependencies"]}
    told = {re.split(r"[\[ ]", heading)[0] for heading in headings("docs/dependencies.md")}
    assert wanted <= told


def test_the_changelog_knows_this_version() -> None:
    assert any(heading.split(" ")[0] == __version__ for heading in headings("CHANGELOG.md"))


def test_every_target_of_the_makefile_is_in_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    told = re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(phony.split()) == sorted(told)
