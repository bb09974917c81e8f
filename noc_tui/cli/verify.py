"""`noc-tui verify`: proof that a store is what its journal says."""

from __future__ import annotations

import click

from noc_tui.cli import said
from noc_tui.cli.faults import FAILED, OK
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.progress import shown
from noc_tui.cli.shape import Command
from noc_tui.incidents.model import number_text


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_invocation
def verify(invocation: Invocation, as_json: bool) -> int:
    """Check a store: the chain of its journal, the journal folded again, the receipts.

    It may be in use meanwhile. Prints what was checked; exits 1 at the first fault and names it.
    """
    # Start-up cost: no other command reads a store in this way.
    from noc_tui.store.verify import verify as verified

    invocation.check_there()
    with shown("Events verified") as progress:
        report = verified(invocation.store, progress)
    fault = report.fault
    checked = {
        "events": report.events,
        "incidents": report.incidents,
        "alerts": report.alerts,
        "receipts": report.receipts,
        "erased": report.erased,
    }
    if as_json:
        told = None
        if fault is not None:
            told = {
                "check": fault.check,
                "reason": fault.sentence,
                "seq": fault.seq or None,
                "number": number_text(fault.number) if fault.number else None,
                "alert": fault.alert or None,
                "field": fault.field or None,
            }
        head = {"seq": report.head.seq, "hash": report.head.hash.hex()}
        said.document({"store": str(report.path), "ok": report.ok, **checked, "head": head, "fault": told})
    else:
        said.line(
            f"{report.path}: "
            + ", ".join(f"{count:,} {name}" for name, count in checked.items() if count or name != "erased")
        )
        said.line(f"head: event {report.head.seq:,}, {report.head.hash.hex()}")
    if fault is None:
        if not as_json:
            said.line("No fault was found.")
        return OK
    said.words(f"noc-tui verify: {fault.sentence}")
    return FAILED
