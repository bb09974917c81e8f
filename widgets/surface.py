"""A widget that paints whole strips and nothing else: what all others here are built on."""

from abc import abstractmethod

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class Surface(Widget):
    """A rectangle of strips, handed to the compositor as they are.

    It has no border, padding, filters or style of its own: each of those makes Textual copy a strip at every
    paint, and a copy has lost the bytes that its original had already been turned into. Colours come from the
    palette alone.
    """

    ALLOW_SELECT = False

    framed = False
    """Whether the screen compares cells itself, so that whole lines may be given to it to paint."""
    _laid: Size | None = None

    @abstractmethod
    def lay_out(self, size: Size) -> None:
        """Take notice of the widget's size, before the first paint of that size."""

    @abstractmethod
    def strip_at(self, y: int) -> Strip:
        """The strip of screen row `y`, exactly as wide as the widget."""

    def render_line(self, y: int) -> Strip:
        """Answer Textual's line protocol."""
        return self.strip_at(y)

    def strip_now(self, y: int) -> Strip:
        """The strip of screen row `y` at the size that the widget has now."""
        size = self.outer_size
        if size != self._laid:
            self._laid = size
            self.lay_out(size)
        # Between two layouts the screen may still ask for lines of a size that is gone.
        return self.strip_at(y) if y < size.height else Strip.blank(size.width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Answer the compositor."""
        size = self.outer_size
        if size != self._laid:
            self._laid = size
            self.lay_out(size)
        left, _, width, _ = crop
        # Between two layouts the compositor may still ask for lines of a size that is gone.
        strips = [self.strip_at(y) if y < size.height else Strip.blank(size.width) for y in crop.line_range]
        if width == size.width:
            return strips
        return [strip.crop(left, left + width) for strip in strips]
