"""`noc-tui policy`: the desk's rules, as data that travels with the store (DESIGN.md 8.7)."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_any_invocation, pass_invocation
from noc_tui.cli.shape import Group
from noc_tui.incidents.policy import PolicyError, policy_from, policy_to

_LARGEST = 1024 * 1024


@click.group(cls=Group)
def policy() -> None:
    """The desk's policy: matrix, targets, grouping, quiet times, limits."""


@policy.command()
@pass_any_invocation
def show(invocation: Invocation) -> int:
    """Print the policy as JSON, which `noc-tui policy set` takes back."""
    said.block(json.dumps(_policy(invocation), indent=2, ensure_ascii=True))
    return OK


def _policy(invocation: Invocation) -> dict[str, Any]:
    if invocation.remote is None:
        with closing(invocation.board_reader()) as reader:
            return policy_to(reader.policy())
    # Start-up cost: the wire's values.
    from noc_tui.cli.dialling import ask_remote

    return ask_remote(invocation, lambda api: api.policy())


@policy.command("set")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@pass_invocation
def set_(invocation: Invocation, file: Path) -> int:
    """Journal the policy in FILE, or - for standard input, and decide by it from now on.

    FILE is a JSON object as `noc-tui policy show` prints it; what it leaves out has its default. Durations are
    written like 15m, 2h, 1d12h.
    """
    try:
        found = policy_from(json.loads(_text(file)))
    except (json.JSONDecodeError, RecursionError) as error:
        raise Trouble(
            f"The policy in {file} is no JSON ({error}): see `noc-tui policy show` for one that is."
        ) from None
    except PolicyError as error:
        raise Trouble(f"The policy in {file} cannot be taken: {error}.") from None
    with closing(invocation.open_store()) as store:
        store.set_policy(found, invocation.me, invocation.origin)
    said.words("The policy is set.")
    return OK


def _text(file: Path) -> str:
    try:
        if str(file) == "-":
            body = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with file.expanduser().open("rb") as stream:
                body = stream.read(_LARGEST + 1)
        if len(body) > _LARGEST:
            raise Trouble(f"The policy in {file} is larger than 1 MiB: it is none.")
        return body.decode("utf-8")
    except OSError as error:
        raise Trouble(f"The policy in {file} cannot be read ({error.strerror}): give another file.") from None
    except UnicodeDecodeError:
        raise Trouble(f"The policy in {file} is not UTF-8 text: store it again as UTF-8.") from None
