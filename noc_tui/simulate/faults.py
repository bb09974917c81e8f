"""What goes wrong with single resources: one table row per fault, in the words of a NOC.

A row is severity, source, alert name, instance (the part of the resource, may be empty), text
(`{who}` is the customer's name). Texts are noun
phrases without a full stop, cause or effect after a comma. Every role has a fault of each severity from warning to
critical.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from noc_tui.simulate.wording import Phrase


class Fault(msgspec.Struct, frozen=True, gc=False):
    """One way in which a resource of some role can be in trouble."""

    name: str
    severity: str
    source: str
    category: str
    instance: Phrase | None
    says: Phrase
    slug: str
    runbook: str


Row = tuple[str, str, str, str, str]

_GE = "ge-{0..1}/{0..1}/{0..23}"
_XE = "xe-{0..5}/{0..3}/{0..7}"

_ROUTER: Final[tuple[Row, ...]] = (
    ("warning", "zabbix", "config drift", "", "config differs from golden, {2..19} lines"),
    ("warning", "prometheus", "neighbour cache", "", "IPv6 neighbour cache {71..84} %"),
    ("warning", "prometheus", "cpu", "re0", "routing engine CPU {72..88} %, SNMP walks slow"),
    ("warning", "zabbix", "fan", "tray {0..2}", "fan {instance} slow, {1900..2600} rpm"),
    ("warning", "prometheus", "optics", _XE, "receive level -{21..24}.{0..9} dBm on {instance}"),
    ("warning", "icinga", "clock", "", "NTP offset {31..95} ms, stratum {3..5}"),
    ("minor", "prometheus", "max-prefix", "{peer}", "BGP max-prefix at {88..97} % from {instance}"),
    ("minor", "prometheus", "memory", "re0", "routing engine memory {81..93} %"),
    ("minor", "zabbix", "port errors", _XE, "port errors {0.1..0.9} % on {instance}"),
    ("minor", "zabbix", "ldp session", "ldp {1..9}", "LDP session {instance} reset twice"),
    ("minor", "prometheus", "bfd jitter", "bfd {1..12}", "BFD jitter {12..48} ms, {instance} close to timeout"),
    ("minor", "prometheus", "saturation", _XE, "{instance} at {86..96} % for {15..50} min"),
    ("major", "zabbix", "psu", "psu {0..1}", "PSU {psu} failed, no redundancy"),
    ("major", "zabbix", "lag member", "ae{0..14}", "{instance} lost {1..2} of 4 members, peak hour does not fit"),
    ("major", "prometheus", "bgp session", "10.0.{1..60}.{1..250}", "BGP to {peer} down, hold timer expired"),
    ("major", "syslog", "line card", "{slot}", "{instance} restarted, {2..18} ports lost for {40..190} s"),
    ("critical", "prometheus", "core bgp", "core", "core BGP down, {4..9} peers"),
    ("critical", "icinga", "unreachable", "", "device unreachable, in-band and by OOB"),
    ("critical", "syslog", "routing engine", "re0", "routing engine crashed, no switchover"),
)
_SWITCH: Final[tuple[Row, ...]] = (
    ("warning", "zabbix", "fan", "tray {0..2}", "fan {instance} slow, {1800..2400} rpm"),
    ("warning", "zabbix", "duplex", _GE, "duplex mismatch on {instance}, {120..900} late collisions"),
    ("warning", "prometheus", "mac table", "", "MAC table {78..91} % full"),
    ("warning", "zabbix", "poe budget", "", "PoE budget {88..97} %, {2..9} W left"),
    ("minor", "syslog", "spanning tree", "vlan {20..480}", "STP topology changes, {4..22} in 1 h"),
    ("minor", "zabbix", "port errors", _GE, "CRC errors {0.2..1.8} % on {instance}"),
    ("minor", "syslog", "storm control", _GE, "broadcast storm control on {instance}, {2..9}k pps"),
    ("major", "zabbix", "psu", "psu {0..1}", "PSU {psu} failed, no redundancy"),
    ("major", "zabbix", "stack", "member {2..4}", "stack {instance} lost, {24..48} ports down"),
    ("critical", "icinga", "unreachable", "", "switch unreachable, {9..38} hosts behind it"),
)
_ACCESS: Final[tuple[Row, ...]] = (
    ("warning", "zabbix", "ont level", "pon {1..16}", "{3..14} ONTs below -27 dBm on {instance}"),
    ("warning", "zabbix", "temperature", "", "board temperature {58..69} C"),
    ("warning", "prometheus", "rogue ont", "pon {1..16}", "rogue ONT suspected, {instance}"),
    ("minor", "zabbix", "pon errors", "pon {1..16}", "upstream BIP errors on {instance}, {12..48} subscribers slow"),
    ("minor", "zabbix", "uplink", "uplink {1..2}", "{instance} at {87..98} %, evening peak"),
    ("minor", "icinga", "firmware", "", "firmware of {4..60} ONTs outdated, TR-069 failing"),
    ("major", "zabbix", "pon degraded", "pon {1..16}", "PON degraded on {instance}, {24..64} subscribers slow"),
    ("major", "zabbix", "uplink", "uplink {1..2}", "{instance} lost, no redundancy"),
    ("critical", "zabbix", "pon down", "pon {1..16}", "{instance} down, {40..64} subscribers off"),
    ("critical", "icinga", "unreachable", "", "OLT unreachable, {310..900} subscribers off"),
)
_BROADBAND: Final[tuple[Row, ...]] = (
    ("warning", "prometheus", "pool", "pool {1..6}", "address {instance} {86..94} % used"),
    ("warning", "prometheus", "cpu", "", "subscriber manager CPU {74..90} %"),
    ("minor", "prometheus", "radius timeouts", "", "RADIUS timeouts {0.8..3.9} %"),
    ("minor", "prometheus", "login rate", "", "login rate {3..6} times the usual, one OLT reloaded"),
    ("major", "prometheus", "radius timeouts", "", "RADIUS timeouts {12..38} %, logins slow"),
    ("major", "prometheus", "pool", "pool {1..6}", "address {instance} exhausted, {40..310} logins refused"),
    ("critical", "prometheus", "sessions", "pppoe", "PPPoE sessions fell from {31..48}k to {4..12}k"),
)
_FIREWALL: Final[tuple[Row, ...]] = (
    ("warning", "zabbix", "session table", "", "session table {76..88} %"),
    ("warning", "icinga", "certificate", "https", "certificate expires in {6..20} d"),
    ("warning", "zabbix", "log disk", "/var/log", "log partition {81..92} % full"),
    ("minor", "zabbix", "cpu", "dataplane {0..3}", "{instance} CPU {84..96} %"),
    ("minor", "syslog", "signature update", "", "signature update failed, {2..6} d old"),
    ("major", "zabbix", "ha peer", "ha", "HA peer lost, no redundancy left"),
    ("major", "prometheus", "tunnels", "ipsec", "{6..31} IPsec tunnels down after rekey"),
    ("critical", "icinga", "unreachable", "", "both HA members unreachable, edge closed"),
)
_SERVER: Final[tuple[Row, ...]] = (
    ("warning", "prometheus", "disk", "{disk}", "{instance} {83..92} % full"),
    ("warning", "icinga", "certificate", "https", "certificate expires in {4..20} d"),
    ("warning", "zabbix", "raid", "md{0..3}", "predictive failure of a disk in {instance}"),
    ("warning", "icinga", "backup", "nightly", "nightly backup took {5..9} h, window is 4 h"),
    ("minor", "prometheus", "load", "", "load {19..64}, {8..16} cores"),
    ("minor", "prometheus", "disk", "{disk}", "{instance} {93..97} % full, {3..19} h left"),
    ("minor", "icinga", "backup", "nightly", "nightly backup failed, {2..4} nights in a row"),
    ("major", "zabbix", "raid", "md{0..3}", "{instance} degraded, rebuild at {3..80} %"),
    ("critical", "icinga", "unreachable", "", "host unreachable, BMC answers"),
)
_FACILITY_POWER: Final[tuple[Row, ...]] = (
    ("warning", "snmp", "battery test", "string {1..4}", "battery test failed, {instance} cell {1..12}"),
    ("warning", "snmp", "load", "", "load {71..79} %, limit 80 %"),
    ("minor", "snmp", "battery age", "string {1..4}", "runtime {9..14} min, planned {20..30}"),
    ("minor", "snmp", "bypass", "", "on bypass after self test"),
    ("major", "snmp", "on battery", "", "on battery, {14..38} min left"),
    ("critical", "snmp", "battery low", "", "battery low, {2..6} min left"),
)
_COOLING: Final[tuple[Row, ...]] = (
    ("warning", "snmp", "cold aisle", "aisle {1..6}", "cold aisle {26.1..28.4} C, {instance}"),
    ("warning", "snmp", "filter", "", "filter pressure {210..290} Pa, change due"),
    ("minor", "snmp", "humidity", "", "humidity {19..29} %, humidifier off"),
    ("minor", "snmp", "compressor", "stage {1..2}", "compressor {instance} short-cycling, {9..24} starts in 1 h"),
    ("major", "snmp", "chilled water", "loop {1..2}", "chilled water {13..17} C, redundancy lost"),
    ("critical", "snmp", "cooling off", "", "cooling off, hall gains {2..4} C in 10 min"),
)
_OWN: Final[Mapping[str, tuple[Row, ...]]] = {
    "cr": _ROUTER,
    "pe": _ROUTER,
    "br": (
        *_ROUTER,
        ("minor", "prometheus", "exchange errors", "{exchange}", "port errors {0.1..0.6} % to {instance}"),
        ("warning", "prometheus", "route leak", "{peer}", "{40..380} unexpected prefixes from {instance}"),
    ),
    "rr": (*_ROUTER, ("minor", "prometheus", "rr memory", "", "route reflector memory {80..92} %")),
    "sw": _SWITCH,
    "lsw": _SWITCH,
    "olt": _ACCESS,
    "bng": _BROADBAND,
    "radius": (*_BROADBAND, *_SERVER),
    "fw": _FIREWALL,
    "vpn": (
        ("warning", "icinga", "certificate", "https", "certificate expires in {5..21} d"),
        ("warning", "prometheus", "licences", "", "{91..98} % of licences in use"),
        ("minor", "prometheus", "login failures", "", "login failures {4..12} % for {10..40} min"),
        ("major", "prometheus", "tunnels", "ipsec", "{11..42} tunnels down, certificate chain broken"),
        ("critical", "icinga", "unreachable", "", "gateway unreachable, {40..210} remote users off"),
    ),
    "mx": (
        *_SERVER,
        ("minor", "prometheus", "queue", "outbound", "outbound mail queue {3..14}k and growing"),
        ("warning", "prometheus", "deferred", "{mailbox}", "{4..19} % deferred by {instance}"),
        ("major", "prometheus", "queue", "outbound", "outbound mail queue {20..61}k, oldest {31..88} min"),
        ("major", "icinga", "blocklist", "", "listed on 2 blocklists, {8..30} % refused"),
    ),
    "dns": (
        *_SERVER,
        ("minor", "prometheus", "servfail", "{zone}", "SERVFAIL {0.6..2.9} % for {instance} zones"),
        ("warning", "prometheus", "latency", "", "resolver latency {38..90} ms p95"),
        ("warning", "icinga", "dnssec", "zsk", "signatures expire in {2..6} d"),
        ("major", "prometheus", "servfail", "", "SERVFAIL {11..34} %, upstream resolver slow"),
        ("critical", "icinga", "dns probe", "", "no answers on port 53, anycast route still announced"),
    ),
    "cdn": (
        *_SERVER,
        ("minor", "prometheus", "hit rate", "", "hit rate fell to {61..78} %, origin traffic doubled"),
        ("warning", "prometheus", "cache disk", "/cache", "{instance} {84..92} % full"),
        ("major", "prometheus", "5xx", "", "5xx {3.1..9.8} %, origin timeouts"),
    ),
    "sbc": (
        ("warning", "prometheus", "sip 503", "{peer}", "SIP 503 {0.2..0.9} % towards {instance}"),
        ("warning", "icinga", "certificate", "sips", "certificate expires in {4..19} d"),
        ("minor", "prometheus", "answer ratio", "{peer}", "answer ratio {31..44} % towards {instance}"),
        ("minor", "prometheus", "jitter", "", "RTP jitter {24..61} ms on {3..9} % of calls"),
        ("major", "prometheus", "sip trunk", "{peer}", "SIP trunk to {instance} down, 0 of {240..960}"),
        ("critical", "icinga", "registrations", "", "registrations fell from {9..21}k to {200..900}"),
    ),
    "voice-gw": (
        ("warning", "zabbix", "echo", "", "echo return loss {9..14} dB, complaints likely"),
        ("warning", "zabbix", "dsp load", "dsp {1..4}", "{instance} load {82..93} %"),
        ("minor", "zabbix", "e1 slips", "e1 {1..8}", "clock slips on {instance}, {14..70} in 1 h"),
        ("major", "zabbix", "e1 down", "e1 {1..8}", "{instance} down, 30 channels lost"),
        ("critical", "icinga", "unreachable", "", "gateway unreachable, emergency calls rerouted"),
    ),
    "portal": (
        *_SERVER,
        ("warning", "prometheus", "latency", "", "p95 {1.2..2.9} s, usual 0.4 s"),
        ("minor", "prometheus", "5xx", "", "5xx {0.6..2.4} % since the last deploy"),
        ("major", "prometheus", "login", "", "login errors {14..46} %, session store slow"),
    ),
    "ntp": (
        ("warning", "icinga", "stratum", "", "stratum {3..4}, offset {21..88} ms"),
        ("warning", "zabbix", "antenna", "gps", "GPS antenna {4..6} satellites"),
        ("minor", "zabbix", "antenna", "gps", "GPS lock lost, holdover {1..9} h"),
        ("major", "icinga", "offset", "", "offset {240..900} ms, {8..60} clients follow"),
        ("critical", "icinga", "unreachable", "", "no time service, holdover ends in {1..3} h"),
    ),
    "syslog": (
        *_SERVER,
        ("warning", "prometheus", "ingest lag", "", "ingest lag {22..90} s"),
        ("minor", "prometheus", "dropped", "", "{0.4..3.8} % of messages dropped"),
    ),
    "oob": (
        ("warning", "zabbix", "lte signal", "wwan0", "LTE signal weak, -{106..114} dBm"),
        ("warning", "zabbix", "sim quota", "wwan0", "SIM quota {81..97} % used"),
        ("minor", "icinga", "console", "tty {1..16}", "console {instance} does not answer"),
        ("major", "icinga", "unreachable", "", "out of band unreachable, in-band only"),
        ("critical", "icinga", "intrusion", "cabinet", "cabinet open, nobody announced"),
    ),
    "ap": (
        ("warning", "zabbix", "channel", "5 GHz", "channel utilisation {78..94} %"),
        ("warning", "zabbix", "clients", "", "{61..118} clients, limit 60"),
        ("minor", "icinga", "access point", "", "access point down, neighbours cover"),
        ("minor", "zabbix", "dfs", "5 GHz", "DFS radar event, channel left"),
        ("major", "icinga", "access point", "", "access point down, no cover in {2..6} rooms"),
        ("critical", "icinga", "controller", "", "controller unreachable, guests off"),
    ),
    "ups": _FACILITY_POWER,
    "hvac": _COOLING,
    "rack": (
        ("warning", "snmp", "temperature", "inlet", "temperature {29..32} C"),
        ("warning", "snmp", "door", "rear", "{instance} door open for {12..75} min"),
        ("minor", "snmp", "temperature", "inlet", "temperature {33..36} C, rising"),
        ("minor", "snmp", "feed balance", "pdu {1..2}", "{instance} carries {74..91} % of the load"),
        ("major", "snmp", "pdu", "pdu {1..2}", "{instance} tripped, single-corded hosts off"),
        ("critical", "snmp", "leak", "floor", "water under the floor"),
    ),
    "cust": (
        ("indeterminate", "desk", "request", "", "{who} asks for traffic graphs of {month}"),
        ("indeterminate", "desk", "request", "", "{who} asks for a second uplink"),
        ("warning", "probe", "latency", "probe", "latency {38..95} ms for {who}, contract says 25"),
        ("warning", "desk", "complaint", "", "{who} reports slow uploads since {weekday}"),
        ("warning", "probe", "backup line", "lte", "{who} on LTE backup for {2..9} min"),
        ("minor", "probe", "packet loss", "probe", "packet loss {0.6..3.8} % for {who}, both directions"),
        ("minor", "desk", "complaint", "", "echo complaints from {who}, {3..14} calls"),
        ("minor", "icinga", "cpe", "cpe", "{who} CPE unreachable, line is up"),
        ("major", "icinga", "circuit", "line", "{who} on backup, main circuit down"),
        ("critical", "icinga", "circuit", "line", "{who} down, no backup"),
    ),
}

_CATEGORY: Final = {
    **dict.fromkeys(("cr", "pe", "br", "rr", "sw", "lsw", "olt", "bng", "oob", "ap", "cust"), "network"),
    **dict.fromkeys(("mx", "dns", "cdn", "portal", "radius", "ntp", "syslog", "sbc", "voice-gw"), "application"),
    **dict.fromkeys(("ups", "hvac", "rack"), "facility"),
    **dict.fromkeys(("fw", "vpn"), "security"),
}
_HARDWARE: Final = frozenset(("fan", "psu", "raid", "line card", "routing engine", "stack", "optics", "antenna"))


def category_of(role: str, name: str) -> str:
    """Return the category of an alert: hardware by its name, else that of the resource's role."""
    return "hardware" if name in _HARDWARE else _CATEGORY[role]


def slug_of(name: str) -> str:
    """Return an alert's name as one word, for keys and runbooks."""
    return name.replace(" ", "-")


def _faults(role: str, rows: tuple[Row, ...]) -> Iterator[Fault]:
    for severity, source, name, instance, text in rows:
        slug = slug_of(name)
        place = Phrase(instance) if instance else None
        yield Fault(name, severity, source, category_of(role, name), place, Phrase(text), slug, f"rb/{role}-{slug}")


FAULTS: Final[Mapping[str, Mapping[str, tuple[Fault, ...]]]] = MappingProxyType(
    {
        role: MappingProxyType(
            {
                severity: tuple(_faults(role, tuple(row for row in rows if row[0] == severity)))
                for severity in ("indeterminate", "warning", "minor", "major", "critical")
            }
        )
        for role, rows in _OWN.items()
    }
)
"""Role, then severity, to its faults."""
