"""A screenshot of Textual's made into a picture that stands alone: no address in it, columns aligned in any viewer.

Textual writes a run of cells as one text with blanks in it, and trusts in a font from elsewhere. Here every word has
its own place, in whatever monospaced font there is.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

_NAMESPACE: Final = {"svg": "http://www.w3.org/2000/svg"}
_FONT: Final = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace'
_CELL: Final = 12.2
"""How wide Textual draws a cell."""
_LINE: Final = 24.4
_MARGIN: Final = 14
_BLANK: Final = "\u00a0"
_WORDS: Final = re.compile(rf"\S+(?:[ {_BLANK}]\S+)*")
"""What has at most one blank between its parts."""
_RULE: Final = re.compile(r"\.(?P<name>[\w-]+-r\d+) \{ (?P<style>.*?) \}")


class Word(NamedTuple):
    """Text in one style; places in cells and lines."""

    column: int
    line: float
    style: str
    text: str


def drawn(screenshot: str) -> str:
    """The picture of a screenshot."""
    root = ElementTree.fromstring(screenshot)
    styles = {found["name"]: found["style"] for found in _RULE.finditer(screenshot)}
    cells = _part(root, "matrix")
    words = list(_words(cells))
    blocks = [block.attrib for block in _part(root, "clip-terminal").iterfind("svg:rect", _NAMESPACE)]
    used = sorted({word.style for word in words})
    short = {name: f"s{place}" for place, name in enumerate(used)}
    ground = Counter(block["fill"] for block in blocks).most_common(1)[0][0]
    width = max(float(block["x"]) + float(block["width"]) for block in blocks) + 2 * _MARGIN
    height = max(float(block["y"]) for block in blocks) + _LINE + 2 * _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<style>text {{ font: 20px {_FONT}; white-space: pre; }}",
        *(f".{short[name]} {{ {styles[name].replace(';', '; ')}; }}" for name in used),
        "</style>",
        f'<rect width="100%" height="100%" rx="8" fill="{ground}"/>',
        f'<g transform="translate({_MARGIN},{_MARGIN})">',
        *(_block(block) for block in blocks if block["fill"] != ground),
        *(_text(word, short[word.style]) for word in words),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _part(root: ElementTree.Element, ending: str) -> ElementTree.Element:
    """The group of the screenshot whose class, or clipping path, ends so."""
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        names = (group.get("class", ""), group.get("clip-path", "").rstrip(")"))
        if any(name.endswith(ending) for name in names):
            return group
    raise LookupError(f"a screenshot without {ending}")


def _words(cells: ElementTree.Element) -> Iterator[Word]:
    for run in cells.iterfind("svg:text", _NAMESPACE):
        start = round(float(run.attrib["x"]) / _CELL)
        for found in _WORDS.finditer(run.text or ""):
            text = found[0].replace(_BLANK, " ")
            yield Word(start + found.start(), float(run.attrib["y"]), run.attrib["class"], text)


def _block(block: dict[str, str]) -> str:
    x, y, width = (float(block[name]) for name in ("x", "y", "width"))
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_LINE + 0.2:.1f}" fill="{block["fill"]}"/>'


def _text(word: Word, style: str) -> str:
    length = len(word.text) * _CELL
    place = f'x="{word.column * _CELL:.1f}" y="{word.line:.1f}" textLength="{length:.1f}"'
    return f'<text class="{style}" {place}>{escape(word.text)}</text>'
