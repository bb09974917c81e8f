"""What people at the desk write: notes while they work, reasons why they wait, causes when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from noc_tui.incidents.model import HOLD_REASONS, RESOLUTION_CODES
from noc_tui.simulate.wording import Phrase, phrases

WORKING: Final = phrases(
    "same as last week, watching it",
    "graphs look flat since {2..9} min, keeping it open",
    "logs show {3..40} retries, then nothing",
    "called {carrier}, ticket PROV-{80000..89999}",
    "customer informed, next call in {1..4} h",
    "asked {vendor}, case {410000..489999}",
    "rebooted once, no change",
    "moved traffic away, no user impact now",
    "not urgent, but do not forget before the weekend",
    "see CHG-{5400..5690}, done by the day shift",
    "level fell {0.8..3.9} dB since {weekday}, dirty connector?",
    "tried the runbook up to step {2..5}, stuck there",
    "cannot reproduce, asked for a capture",
    "config pushed at {2..9} of {10..14} nodes",
    "second time this month, needs a problem record",
    "TODO check why nobody was paged",
)
"""Notes on work that goes on."""

_WAITING: Final[Mapping[str, tuple[Phrase, ...]]] = {
    "c": phrases(
        "customer wants to wait for their own maintenance",
        "asked for a date for the site visit, no answer yet",
        "contact is back on {weekday}",
    ),
    "p": phrases(
        "{carrier} has it, PROV-{80000..89999}, {crew} on the way",
        "{carrier} measures from the far end, result by {weekday}",
        "with {peer} NOC, ticket {200000..890000}",
    ),
    "t": phrases(
        "RMA {30000..39999} shipped, arrives {weekday}",
        "spare optic ordered, wo-{9100..9990}",
        "battery string due {weekday}, {crew} booked",
    ),
    "h": phrases(
        "goes with CHG-{5400..5690}, {weekday} night",
        "firmware in the next change window, CHG-{5400..5690}",
    ),
    "m": phrases(
        "fix is in, watching for {4..24} h",
        "threshold changed, waiting for a quiet day",
    ),
}
WAITING: Final[Mapping[str, tuple[Phrase, ...]]] = {HOLD_REASONS[code]: said for code, said in _WAITING.items()}
"""Hold reason to notes that explain it."""

_CAUSES: Final[Mapping[str, tuple[Phrase, ...]]] = {
    "f": phrases(
        "cable replaced, {12..80} min",
        "optic cleaned, level back to -{8..14}.{0..9} dBm",
        "PSU {psu} replaced by {crew}",
        "process restarted, leak in {3..9}.{0..9}R{1..4}",
        "old logs removed, {12..90} GB free",
        "route filter corrected for {peer}",
        "line card replaced, {slot}",
        "certificate renewed, automation repaired",
        "config set back to golden",
        "ONT swapped, port reprovisioned",
        "fan tray replaced",
        "splice redone by {carrier}, loss {0.1..0.4} dB",
    ),
    "w": phrases(
        "traffic on protection until the splice is redone",
        "moved to spare port, old one disabled",
        "cache limit raised, real fix in the next release",
        "sessions moved to the other node",
    ),
    "c": phrases(
        "cleared by itself after {2..50} min",
        "evening peak over",
        "peer came back, nobody touched it",
    ),
    "n": phrases(
        "no fault found, levels and counters clean",
        "could not be reproduced, {2..5} tests good",
    ),
    "d": phrases("same as the one before", "duplicate of the probe's alert"),
    "m": phrases("planned work CHG-{5400..5690}, window was not entered", "part of CHG-{5400..5690}"),
    "p": phrases(
        "{carrier}: amplifier card replaced, PROV-{80000..89999}",
        "{peer} had an outage, all clear from their NOC",
        "mains failure of the utility, {20..140} min",
    ),
    "u": phrases(
        "customer had switched the CPE off",
        "wrong VLAN on the customer's side",
        "customer's own firewall, told them",
    ),
    "x": phrases(
        "probe host was overloaded",
        "threshold too tight, changed to {90..95} %",
        "sensor broken, {crew} booked",
    ),
}
CAUSES: Final[Mapping[str, tuple[Phrase, ...]]] = {RESOLUTION_CODES[code]: said for code, said in _CAUSES.items()}
"""Resolution code to causes that go with it."""
