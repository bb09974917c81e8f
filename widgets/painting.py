"""A screen that brings to the terminal only the cells that changed, past Textual's compositor (LAB.md, "bytes").

Textual writes every cell of a dirty region again, and a list that scrolls by a line is dirty as a whole. Here the
lines that are dirty are put together from the widgets' own strips and compared with what was sent (`widgets.frame`).
What is not plain (another screen on top, inline, headless) is left to Textual, and all is written anew afterwards.
"""

from collections.abc import Iterable
from typing import Any, Final

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

from widgets.cells import Cells, cells_of_segments, joined
from widgets.frame import Band, Frame, moved_to
from widgets.line import Painted
from widgets.sheet import Sheet
from widgets.surface import Surface

_TOGETHER: Final = 1_200
"""Characters from which on the terminal is asked to show a frame at once (mode 2026): what is less comes in one packet
and is shown at once anyway, and asking costs sixteen."""

PLAIN_PEN: Final = "\x1b[m"
"""What gives the terminal its own colours back."""

Placed = tuple[Widget, Region, Region]
"""A widget, what is seen of it, and where it is as a whole."""


class FramedScreen(Screen[Any]):
    """The default screen of an app whose widgets are surfaces.

    `erase`: erased cells take the current background (terminfo `bce`).
    """

    def __init__(self, *, erase: bool = False) -> None:
        super().__init__(id="_default")
        self._erase = erase
        self._frame: Frame | None = None
        self._layers: list[list[Placed]] = []
        self._rows: list[list[Placed]] = []

    def on_mount(self) -> None:
        """Tell the surfaces that cells are compared here."""
        self.call_after_refresh(self._frame_surfaces)

    def _frame_surfaces(self) -> None:
        for widget in self.query():
            if isinstance(widget, Surface):
                widget.framed = not (self.app.is_inline or self.app.is_headless)

    def forget_frame(self) -> None:
        """The terminal may show anything: write all of it soon. Textual alone may see no reason to paint."""
        self._frame = None
        self.refresh()

    def put_down_pen(self) -> None:
        """Somebody else writes to the terminal next, and must not find our colours in its pen."""
        if self._frame is not None and self.app._driver is not None:
            self.app._driver.write(self._frame.put_down())

    def _compositor_refresh(self) -> None:
        """Paint what is dirty; Textual calls this for every frame."""
        app = self.app
        driver = app._driver
        plain = driver is not None and not (app.is_inline or app.is_headless or app._batch_count)
        if not plain or self is not app.screen or app._background_screens or driver is None:
            self.put_down_pen()
            self._frame = None
            super()._compositor_refresh()
            return
        dirty = self._compositor._dirty_regions
        if self._compositor.size != app.size:
            # Laid out for a size that the terminal no longer has; the next layout is painted whole.
            self._frame = None
            dirty.clear()
            return
        lines = self._lines(dirty)
        dirty.clear()
        self._dirty_widgets.clear()
        if app._running and not app._closed:
            text = self._update(lines)
            if text:
                x, y = self._compositor.size.clamp_offset(app.cursor_position)
                together = len(text) >= _TOGETHER
                if together:
                    app._begin_update()
                driver.write(text + moved_to(y, x))
                if together:
                    app._end_update()
                driver.flush()
        app._update_mouse_over(self)

    def _update(self, lines: dict[int, Cells]) -> str:
        size = self._compositor.size
        if self._frame is None or (self._frame.width, self._frame.height) != size:
            self._frame = Frame(*size, erase=self._erase)
            lines = self._lines([size.region])
        return self._frame.update(lines, self._band())

    def _band(self) -> Band | None:
        """Where the list is that scrolls."""
        for widget, (region, clip) in self._compositor.visible_widgets.items():
            if isinstance(widget, Sheet):
                seen = region.intersection(clip)
                # What stands under the rows stays where it is.
                return Band(seen.y, seen.y + min(seen.height, widget.rows_shown), seen.x, seen.right)
        return None

    def _lines(self, dirty: Iterable[Region]) -> dict[int, Cells]:
        """The lines that some region touches, each from edge to edge."""
        width = self._compositor.size.width
        layers = self._compositor.layers_visible
        if layers is not self._layers:
            self._layers, self._rows = layers, [_side_by_side(placed, width) for placed in layers]
            # Whoever asks for a widget's place before the layout makes Textual forget what moved or was hidden by it.
            dirty = [self._compositor.size.region]
        rows = self._rows
        touched = {y for region in dirty for y in region.line_range if 0 <= y < len(rows)}
        return {
            y: joined([_cells(*one, y) for one in rows[y]]) if rows[y] else _layered(y, layers[y], width)
            for y in touched
        }


def _side_by_side(placed: list[Placed], width: int) -> list[Placed]:
    """The surfaces of a line from left to right, if they fill it and nothing lies upon another; else none."""
    row: list[Placed] = []
    for one in placed:
        if not isinstance(one[0], Surface) or any(one[1].overlaps(other[1]) for other in row):
            return []
        row.append(one)
        if sum(seen.width for _, seen, _ in row) == width:
            return sorted(row, key=lambda found: found[1].x)
    return []


def _layered(y: int, placed: list[Placed], width: int) -> Cells:
    """One line where widgets lie upon each other, or leave cells free: from the lowest up."""
    line = Cells(" " * width, chr(0) * width)
    for widget, seen, region in reversed(placed):
        line = joined([line.slice(0, seen.x), _cells(widget, seen, region, y), line.slice(seen.right, width)])
    return line


def _cells(widget: Widget, seen: Region, region: Region, y: int) -> Cells:
    """What a widget has on a line of the screen."""
    if isinstance(widget, Surface):
        strip = widget.strip_now(y - region.y)
        cells = strip.cells() if isinstance(strip, Painted) else cells_of_segments(list(strip))
    else:
        (strip,) = widget.render_lines(Region(0, y - region.y, region.width, 1))
        cells = cells_of_segments(list(strip))
    left = seen.x - region.x
    return cells if seen.width == region.width else cells.slice(left, left + seen.width)
