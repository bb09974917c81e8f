"""Which cells of a line changed: what has to be written to the terminal again, and no more."""

from widgets.line import Line, line_width, width_of


def changed_cells(old: Line, new: Line, width: int) -> tuple[int, int]:
    """Return the first changed cell and the one after the last, between two lines of one ground; (0, 0) if none.

    Runs are compared from both ends; of the first and the last that differ only in their text, the ASCII text too.
    A line that got longer or shorter counts as changed to its end.
    """
    if old == new:
        return 0, 0
    begin = _alike(old, new)
    size, size_new = line_width(old), line_width(new)
    if size != size_new:
        return min(begin, width), width
    end = size - _alike(_reversed(old), _reversed(new))
    return min(begin, width), min(max(end, begin + 1), width)


def _alike(old: Line, new: Line) -> int:
    """Return how many cells two lines have in common from their beginning."""
    cells = 0
    for (text, role), (text_new, role_new) in zip(old, new, strict=False):
        if text == text_new and role == role_new:
            cells += width_of(text)
            continue
        if role == role_new and text.isascii() and text_new.isascii():
            cells += next(
                (at for at, (one, other) in enumerate(zip(text, text_new, strict=False)) if one != other),
                min(len(text), len(text_new)),
            )
        break
    return cells


def _reversed(line: Line) -> Line:
    return [(text[::-1] if text.isascii() else text, role) for text, role in reversed(line)]
