"""The parts of the documents that are made from the code; `python -m tests.architecture.generated` writes them anew.

Such a part stands between two lines, `<!-- generated: NAME -->` and `<!-- end -->`; NAME is one of `TABLES`.
"""

import re
import sys
from pathlib import Path

from tests.architecture.tables import TABLES
from tests.architecture.tree import ROOT, name_of

BLOCK = re.compile(r"(?P<head><!-- generated: (?P<name>[a-z-]+) -->\n).*?(?P<tail><!-- end -->)", re.DOTALL)


def documents() -> list[Path]:
    """The documents of the project, README first."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks_in(text: str) -> list[str]:
    """The names of the generated parts of a document."""
    return [found["name"] for found in BLOCK.finditer(text)]


def renewed(text: str) -> str:
    """A document with its generated parts as the code is now; KeyError for a part that nothing makes."""
    return BLOCK.sub(lambda found: f"{found['head']}{TABLES[found['name']]()}\n{found['tail']}", text)


def handwritten(text: str) -> str:
    """A document without its generated parts."""
    return BLOCK.sub("", text)


def main() -> int:
    """Write what is out of date and name it."""
    for path in documents():
        text = path.read_text(encoding="utf-8")
        new = renewed(text)
        if new != text:
            path.write_text(new, encoding="utf-8")
            print(f"{name_of(path)} was brought up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
