"""The project's own files, as the architecture tests read them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("noc_tui", "widgets", "tests")

_NOT_OURS = re.compile(r"\.(?!ci$|github$|gitignore$).*|__pycache__|build|dist|htmlcov|.*\.egg-info")


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the project below a folder, without environments, caches and builds."""
    for path in sorted(folder.iterdir()):
        if _NOT_OURS.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def modules(*packages: str) -> list[Path]:
    """The Python files of these top-level packages; of all when none is named."""
    return [
        path
        for package in packages or PACKAGES
        if (ROOT / package).is_dir()
        for path in files(ROOT / package)
        if path.suffix == ".py"
    ]


def name_of(path: Path) -> str:
    """A file's path from the project's root, as failures print it."""
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    """The name under which a Python file is imported."""
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def parse(path: Path) -> ast.Module:
    """A Python file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
