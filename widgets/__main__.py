"""Show the gallery: `python -m widgets [dark|light|mono|ansi16]`, of the terminal's own abilities by default."""

import os
import sys

from widgets.gallery import Gallery
from widgets.ink import THEMES
from widgets.terminal import decide, probe_width


def main() -> int:
    """Run the gallery in the theme that was asked for, else in the one that the terminal can show."""
    profile = decide(os.environ)
    asked = sys.argv[1:2]
    theme = next((name for name in THEMES if [name] == asked), profile.theme())
    gallery = Gallery(theme, unicode=profile.unicode and probe_width(sys.stdin.fileno()) == 1)
    gallery.run()
    return gallery.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
