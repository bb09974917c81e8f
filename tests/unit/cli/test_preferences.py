"""config.toml: what it may say, and how it is told what it may not."""

import tomllib
from pathlib import Path

import pytest

from noc_tui.cli import preferences
from noc_tui.cli.faults import Trouble
from noc_tui.cli.preferences import Preferences, RemoteSetting, SourceSetting, preferences_from, read_preferences


def test_the_example_in_the_documentation_is_taken() -> None:
    assert preferences.__doc__ is not None
    example = preferences.__doc__.partition("\n\n")[2]
    assert preferences_from(tomllib.loads(example)) == Preferences(
        me="ana",
        store="/srv/noc/noc.db",
        theme="light",
        ascii=False,
        source=(SourceSetting(name="prod", type="alertmanager", url="http://127.0.0.1:9093"),),
        remote=(
            RemoteSetting(url="https://noc.example", ca_file="/etc/ssl/noc-ca.pem", proxy="http://proxy.example:3128"),
        ),
        keys={"resolve": "Y", "merge": "J"},
        templates={"carrier": "{time} carrier called about {resource}, ticket "},
    )


def test_without_a_file_nothing_is_said(tmp_path: Path) -> None:
    assert read_preferences(tmp_path / "none" / "config.toml") == Preferences()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1", "no setting 'colour'; there are me, store, theme, ascii, source, remote, keys, templates"),
        ("me = 1", "Expected `str`, got `int`"),
        ("ascii = 'yes'", "Expected `bool | null`"),
        ("theme = 'pink'", "theme is one of dark, light, ansi16, mono"),
        ("source = 'x'", "source"),
        ("[[source]]\nname = 'a'\nkind = 'b'", "no setting of a source 'kind'"),
        ("[[remote]]\nurl = 'https://x'\ntoken = 'b'", "no setting of a remote 'token'"),
        ("[[source]]\nname = 'a'\nurl = 'http://x'", "required field `type`"),
        ("[[source]]\nname = 'a'\ntype = 'b'\nurl = 'http://x'", "type of source 'a' is alertmanager"),
        ("[[source]]\nname='a'\ntype='alertmanager'\nurl='http://x'\n" * 2, "two sources are named 'a'"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        preferences_from(tomllib.loads(text))
    assert said in str(caught.value)


def test_a_file_that_is_no_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for body, said in ((b"me =", "Invalid value"), (b"\xff", "UTF-8"), (b"#" * 2_000_000, "larger than 1 MiB")):
        file.write_bytes(body)
        with pytest.raises(Trouble, match=said):
            read_preferences(file)
    with pytest.raises(Trouble, match="cannot be read"):
        read_preferences(tmp_path)


def test_what_anybody_can_write_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("me = 'ana'")
    file.chmod(0o644)
    assert read_preferences(file).me == "ana"
    file.chmod(0o646)
    with pytest.raises(Trouble, match=r"can be written by anybody: .* chmod 600"):
        read_preferences(file)


def test_a_proxys_password_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[[remote]]\nurl = 'https://noc.example'\nproxy = 'http://me:word@proxy.example:3128'\n")
    file.chmod(0o640)
    with pytest.raises(Trouble, match=r"holds a proxy's password for others .* chmod 600") as caught:
        read_preferences(file)
    assert "word@" not in str(caught.value)
    file.chmod(0o600)
    assert read_preferences(file).remote[0].proxy.startswith("http://me:")
