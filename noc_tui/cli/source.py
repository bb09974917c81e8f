"""`noc-tui source test`: does a monitoring system answer, and what would it bring."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.shape import Group
from noc_tui.cli.source_options import SourceType, sources_of
from noc_tui.incidents.durations import duration_text
from noc_tui.incidents.text import clean

if TYPE_CHECKING:
    from noc_tui.sources.source import SourceTest


@click.group(cls=Group)
def source() -> None:
    """Monitoring systems whose alerts are taken in."""


@source.command()
@click.argument("which", metavar="URL|NAME")
@pass_invocation
def test(invocation: Invocation, which: str) -> int:
    """Ask a source once and print what it said; nothing is taken in.

    URL is the address of an Alertmanager; NAME is a source of config.toml.
    """
    name, url = _named(invocation, which)
    found = asyncio.run(_asked(name, url))
    said.line(f"{found.name}: {found.url} answers in {duration_text(found.round_trip // 1000 * 1000)}")
    said.line(f"version    {clean(found.version) or 'not told'}")
    said.line(f"alerts     {found.alerts:,}" + (f", {len(found.odd):,} of them unreadable" if found.odd else ""))
    for odd in found.odd[:5]:
        said.words(f"unreadable: {odd.reason}")
    for report in found.sample:
        said.line(f"  {report.severity:<13}  {clean(report.resource) or '-'}  {clean(report.summary)}")
    return OK


def _named(invocation: Invocation, which: str) -> tuple[str, str]:
    known = dict(sources_of(invocation.preferences, ()))
    if which in known:
        return which, known[which]
    if "://" in which or "=" in which:
        return SourceType().convert(which, None, click.get_current_context())
    names = f"config.toml names {', '.join(known)}" if known else "config.toml names none"
    raise Trouble(f"There is no source {which!r} ({names}): give its address, such as http://127.0.0.1:9093.")


async def _asked(name: str, url: str) -> SourceTest:
    # Start-up cost: the HTTP client.
    from noc_tui.net.client import HttpClient
    from noc_tui.sources.alertmanager import Alertmanager

    async with HttpClient() as client:
        return await Alertmanager(name, url, client).test()
