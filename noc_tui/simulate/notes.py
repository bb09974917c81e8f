"""What people at the desk write: notes while they work, reasons why they wait, causes when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from noc_tui.incidents.model import HOLD_REASONS, RESOLUTION_CODES
from noc_tui.simulate.wording import Phrase, Rand, one_of, phrases

WORKING: Final = phrases(
    "same as last week, watching it",
    "quiet since {2..9} min, keeping it open",
    "seen {3..9} times in the log since {weekday}",
    "called {carrier}, ticket PROV-{80000..89999}",
    "customer informed, next call in {1..4} h",
    "asked {vendor}, case {410000..489999}",
    "no user impact so far",
    "asked the day shift, nothing was changed on purpose",
    "not urgent, but do not forget before the weekend",
    "see CHG-{5400..5690}, done by the day shift",
    "tried the runbook up to step {2..5}, stuck there",
    "cannot reproduce it from here, {crew} asked",
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
        "spare ordered, wo-{9100..9990}",
        "part due {weekday}, {crew} booked",
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

REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    category: tuple(HOLD_REASONS[letter] for letter in letters)
    for category, letters in (
        ("network", "pptch"),
        ("application", "hhm"),
        ("hardware", "ttth"),
        ("security", "hcm"),
        ("facility", "ttm"),
    )
}
"""Category to what such incidents wait for; what comes up more often stands there more often."""

_CAUSES: Final[Mapping[str, tuple[Phrase, ...]]] = {
    "f": phrases(
        "process restarted, leak in {3..9}.{0..9}R{1..4}",
        "config set back to golden",
        "done by {crew}, wo-{9100..9990}",
        "known bug, upgraded with CHG-{5400..5690}",
    ),
    "w": phrases(
        "moved to the spare, repair in the next window",
        "limit raised, real fix in the next release",
        "load moved to the other one, problem record opened",
    ),
    "c": phrases(
        "cleared by itself, nobody touched it",
        "came back alone, no pattern in the last {7..60} d",
        "cleared by itself before anybody logged in",
    ),
    "n": phrases(
        "no fault found, counters clean for {4..20} h",
        "could not be reproduced, {2..5} tests good",
    ),
    "d": phrases("same as the one before", "duplicate of the probe's alert"),
    "m": phrases("planned work CHG-{5400..5690}, window was not entered", "part of CHG-{5400..5690}"),
    "p": phrases(
        "fault at {carrier}, PROV-{80000..89999}",
        "{peer} had an outage, all clear from their NOC",
    ),
    "u": phrases(
        "customer's own change, told them",
        "caused on the customer's side, they agree",
    ),
    "x": phrases(
        "probe host was overloaded",
        "threshold too tight, changed",
        "probe checked the wrong address",
    ),
}
CAUSES: Final[Mapping[str, tuple[Phrase, ...]]] = {RESOLUTION_CODES[code]: said for code, said in _CAUSES.items()}
"""Resolution code to causes that go with it."""

_FIXED: Final = RESOLUTION_CODES["f"]

_FIXED_BY_NAME: Final[Mapping[str, tuple[Phrase, ...]]] = {
    "certificate": phrases("certificate renewed, automation repaired", "certificate renewed by hand"),
    "psu": phrases("PSU {psu} replaced by {crew}", "power cord reseated"),
    "fan": phrases("fan tray replaced", "fan tray cleaned, {3100..4200} rpm"),
    "optics": phrases("optic cleaned, level back to -{8..14}.{0..9} dBm", "optic replaced"),
    "disk": phrases("old logs removed, {12..90} GB free", "volume grown by {50..400} GB"),
    "raid": phrases("disk replaced, rebuilt in {3..11} h"),
    "errors": phrases("patch cable replaced", "optic replaced, no errors for {2..9} h"),
    "interface": phrases("cable replaced, {12..80} min", "optic replaced"),
    "line card": phrases("line card replaced, {slot}"),
    "fibre": phrases("splice redone by {carrier}, loss {0.1..0.4} dB"),
    "bgp": phrases("session cleared with {peer}, filter corrected", "peer reset after their upgrade"),
    "max-prefix": phrases("limit raised after a look at {peer}'s routes"),
    "pon": phrases("splitter replaced, levels good", "ONT swapped, port reprovisioned"),
    "ont": phrases("ONT swapped, port reprovisioned", "drop cable cleaned by {crew}"),
    "queue": phrases("bounce loop removed, queue drained in {20..90} min"),
    "servfail": phrases("forwarder replaced, cache flushed"),
    "pool": phrases("pool extended by a /{21..24}"),
    "radius": phrases("slow database index rebuilt", "one RADIUS node taken out"),
    "tunnels": phrases("chain corrected, tunnels up after rekey"),
    "ha peer": phrases("HA cable replaced, {41..58} min", "peer upgraded and back"),
    "temperature": phrases("filter changed, air flow back", "blanking panels put in"),
    "cold aisle": phrases("set point corrected, {22.1..24.8} C"),
    "battery": phrases("battery string replaced by {crew}"),
    "door": phrases("door closed, {crew} had left it"),
    "circuit": phrases("line repaired by {carrier}, PROV-{80000..89999}", "NTU replaced by {crew}"),
    "cpe": phrases("CPE replaced by {crew}", "CPE restarted by the customer on the phone"),
    "request": phrases("sent to the customer", "quoted by sales, customer informed"),
    "complaint": phrases("QoS profile corrected, customer content"),
    "backup line": phrases("line repaired by {carrier}, PROV-{80000..89999}"),
    "config drift": phrases("config set back to golden"),
    "backup": phrases("old snapshots removed, backup in {2..3} h again"),
    "5xx": phrases("release rolled back", "pool size raised"),
    "sip": phrases("route to {peer} changed, calls complete"),
    "lag member": phrases("member cleaned and back, {2..4} of 4"),
}


CODES: Final[Mapping[str, tuple[str, ...]]] = {
    category: tuple(RESOLUTION_CODES[letter] for letter in letters)
    for category, letters in (
        ("network", "fffffffccccwwnnppuxmd"),
        ("application", "fffffffffccccwwnnmxd"),
        ("hardware", "fffffffffffffwwnmx"),
        ("security", "fffffffffccwnmux"),
        ("facility", "fffffffffccwnmx"),
    )
}
"""Category to how such incidents end; what comes up more often stands there more often."""


def cause_of(code: str, alertname: str, rand: Rand) -> str:
    """Return a cause for this resolution code; what was fixed goes with the alert's name where that is known."""
    if code == _FIXED:
        for word in (alertname, *alertname.split()):
            if word in _FIXED_BY_NAME:
                return one_of(_FIXED_BY_NAME[word], rand)
    return one_of(CAUSES[code], rand)
