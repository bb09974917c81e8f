"""`noc-tui verify`: proof that a store is what its journal says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from noc_tui.cli import said
from noc_tui.cli.faults import FAILED, OK
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.progress import shown
from noc_tui.cli.shape import Command
from noc_tui.incidents.model import number_text

if TYPE_CHECKING:
    from noc_tui.store.verify_report import Fault, VerifyReport


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_invocation
def verify(invocation: Invocation, as_json: bool) -> int:
    """Check a store: the chain of its journal, the journal folded again, the receipts.

    It may be in use meanwhile. Prints what was checked; exits 1 at the first fault and names it. Of the copy of a
    remote store it checks what came after the snapshot that it was begun with, and counts what it cannot prove.
    """
    # Start-up cost: no other command reads a store in this way.
    from noc_tui.store.verify import verify as verified

    invocation.check_there()
    with shown("Events verified") as progress:
        report = verified(invocation.store, progress)
    if as_json:
        said.document(_document(report))
    else:
        for line in _lines(report):
            said.line(line)
    if report.fault is None:
        return OK
    said.words(f"noc-tui verify: {report.fault.sentence}")
    return FAILED


def _checked(report: VerifyReport) -> dict[str, int]:
    return {
        "events": report.events,
        "incidents": report.incidents,
        "alerts": report.alerts,
        "receipts": report.receipts,
        "erased": report.erased,
    }


def _document(report: VerifyReport) -> dict[str, Any]:
    head = {"seq": report.head.seq, "hash": report.head.hash.hex()}
    found: dict[str, Any] = {"store": str(report.path), "ok": report.ok, **_checked(report), "head": head}
    if report.remote:
        found["copy"] = {
            "remote": report.remote,
            "floor": report.head.floor,
            "untouched": report.untouched,
            "earlier": report.earlier,
        }
    return found | {"fault": _told(report.fault)}


def _told(fault: Fault | None) -> dict[str, Any] | None:
    if fault is None:
        return None
    return {
        "check": fault.check,
        "reason": fault.sentence,
        "seq": fault.seq or None,
        "number": number_text(fault.number) if fault.number else None,
        "alert": fault.alert or None,
        "field": fault.field or None,
    }


def _lines(report: VerifyReport) -> Iterator[str]:
    checked = _checked(report).items()
    yield f"{report.path}: " + ", ".join(f"{count:,} {name}" for name, count in checked if count or name != "erased")
    if report.remote:
        yield (
            f"A copy of the store at {report.remote}, checked from event {report.head.floor + 1:,} on. "
            f"Not to be proven here: {report.untouched:,} rows as they came, {report.earlier:,} events from before."
        )
    yield f"head: event {report.head.seq:,}, {report.head.hash.hex()}"
    if report.fault is None:
        yield "No fault was found."
