"""Starts the program: `noc-tui` and `python -m noc_tui`."""

import importlib.util
import os
import sys
from contextlib import suppress

import noc_tui


def main() -> int:
    """Run the command line and return its exit status: 2 where a stray module stands in for one of ours.

    `python -m` puts the working directory first on the path, so a `widgets.py` lying there would be run
    in place of ours. Files that the program makes are for their owner alone.
    """
    stranger = stray_widgets()
    if stranger is not None:
        print(
            f"noc-tui: refusing to start: the widgets found are not the program's own: {stranger}. "
            "Start it from another directory, by the command noc-tui.",
            file=sys.stderr,
        )
        return 2
    leave_working_directory_out()
    os.umask(0o077)
    # Not before: a `signal.py` in the working directory would have been run in its place.
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # end without a word while nothing but imports is done
    from noc_tui.cli.main import main as run

    return run()


def stray_widgets() -> str | None:
    """Say where `import widgets` would lead if not to the package beside this one; None if all is well.

    Looks without running anything of what it finds.
    """
    ours = noc_tui.__file__.removesuffix("noc_tui/__init__.py") + "widgets/__init__.py"
    spec = importlib.util.find_spec("widgets")
    if spec is None:
        return "missing"
    if spec.origin == ours:
        return None
    return spec.origin or ", ".join(spec.submodule_search_locations or ["an unknown place"])


def leave_working_directory_out() -> None:
    """Take the working directory off the path unless the program itself lies there: no module is ever found in it.

    `python -m` and an empty entry of PYTHONPATH put it there.
    """
    ours = noc_tui.__file__.removesuffix("/noc_tui/__init__.py")
    here = {"", "."}
    with suppress(OSError):  # the directory may have been deleted
        here.add(os.getcwd())  # noqa: PTH109 (nothing is imported for it)
    sys.path[:] = [place for place in sys.path if place == ours or place not in here]


if __name__ == "__main__":
    sys.exit(main())
