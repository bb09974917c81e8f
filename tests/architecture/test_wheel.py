"""The wheel holds both packages and nothing else, and never runs a stray module in place of its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from noc_tui import __version__
from tests.architecture.tree import ROOT, files

ROGUE = "import pathlib\npathlib.Path(__file__).with_name('executed').touch()\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as an installer lays it out, in a folder of its own."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an interpreter in a folder, the installed wheel ahead of the checkout."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_wheel_holds_every_file_of_both_packages_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    ours = {path.relative_to(ROOT).as_posix() for package in ("noc_tui", "widgets") for path in files(ROOT / package)}
    assert held == ours


def test_the_wheel_names_its_version_its_command_and_its_licence(installed: Path) -> None:
    (info,) = installed.glob("*.dist-info")
    assert info.name == f"noc_tui-{__version__}.dist-info"
    assert "noc-tui = noc_tui.__main__:main" in (info / "entry_points.txt").read_text(encoding="utf-8")
    assert (info / "licenses" / "LICENSE").is_file()


@pytest.mark.parametrize("rogue", ["widgets.py", "widgets/__init__.py", "widgets/nothing.txt"])
def test_a_stray_widgets_in_the_working_directory_is_never_run(installed: Path, tmp_path: Path, rogue: str) -> None:
    stray = tmp_path / rogue
    stray.parent.mkdir(exist_ok=True)
    stray.write_text(ROGUE, encoding="utf-8")
    done = run(installed, tmp_path, "-m", "noc_tui", "--version")
    assert not stray.with_name("executed").exists()
    if rogue.endswith(".py"):
        assert done.returncode == 2
        assert str(stray) in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_installed_widgets_are_known_as_ours(installed: Path, tmp_path: Path) -> None:
    ask = "import noc_tui.__main__ as m; print(m.__file__, m.stray_widgets())"
    assert run(installed, tmp_path, "-c", ask).stdout.split() == [f"{installed}/noc_tui/__main__.py", "None"]


def test_the_installed_program_says_its_version(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "-m", "noc_tui", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert __version__ in done.stdout
