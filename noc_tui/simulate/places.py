"""The cities, customers and kinds of equipment that a simulated NOC is made of."""

from __future__ import annotations

from typing import Final

import msgspec


class City(msgspec.Struct, frozen=True):
    """A city with network sites; `first` is the number of its oldest site (par3), later ones count on."""

    code: str
    name: str
    first: int = 1


CITIES: Final = (
    City("ams", "amsterdam"), City("par", "paris", 3), City("lyo", "lyon"), City("lon", "london", 2),
    City("fra", "frankfurt", 4), City("zrh", "zurich"), City("mil", "milan"), City("gva", "geneva"),
    City("mad", "madrid"), City("bru", "brussels"), City("vie", "vienna", 2), City("dub", "dublin"),
    City("ham", "hamburg", 2), City("waw", "warsaw"), City("prg", "prague"), City("bcn", "barcelona"),
    City("lis", "lisbon"), City("cph", "copenhagen"), City("sto", "stockholm"), City("osl", "oslo"),
    City("hel", "helsinki"), City("muc", "munich", 2), City("ber", "berlin"), City("mrs", "marseille"),
    City("tou", "toulouse"), City("bsl", "basel"), City("tor", "turin"), City("rom", "rome"),
    City("bud", "budapest"), City("buh", "bucharest"), City("sof", "sofia"), City("ath", "athens"),
    City("zag", "zagreb"), City("lju", "ljubljana"), City("bts", "bratislava"), City("rtm", "rotterdam"),
    City("anr", "antwerp"), City("lux", "luxembourg"), City("man", "manchester"), City("edi", "edinburgh"),
    City("stu", "stuttgart"), City("dus", "dusseldorf"), City("nce", "nice"), City("bod", "bordeaux"),
    City("nte", "nantes"), City("gnb", "grenoble"), City("vlc", "valencia"), City("opo", "porto"),
)  # fmt: skip
"""In the order in which a growing network opens its sites."""

FIRST_CUSTOMERS: Final = (
    "Alpenbank", "Rheinlog", "Stad Gent", "Norddruck", "Caravelle Air", "Meridian Freight", "Kantonsspital Aare",
    "Polder Dairy", "Lycee Moulin", "Hotel Astoria", "Port Authority", "Brasserie Nord",
)  # fmt: skip
CUSTOMER_FIRST_WORDS: Final = (
    "Alpen", "Rhein", "Nord", "Loire", "Adria", "Baltic", "Delta", "Castel", "Linden", "Monte", "Ostsee", "Polder",
    "Rhone", "Sankt", "Tajo", "Ural", "Vesta", "Weser", "Zephyr", "Iber",
)  # fmt: skip
CUSTOMER_LAST_WORDS: Final = (
    "bank", "log", "druck", "med", "foods", "media", "tours", "werk", "data", "chem", "motors", "paper", "school",
    "clinic", "retail", "energy",
)  # fmt: skip


class Role(msgspec.Struct, frozen=True):
    """A kind of equipment: how it is named, how many a site of average size has, what service it carries.

    `name` and `service` take `{n}` (a number), `{site}`, `{city}` and `{code}` (the city's long and short name).
    `reach` is the most customers that one such resource serves.
    """

    id: str
    name: str
    count: int
    service: str
    reach: int = 0


ROLES: Final = (
    Role("cust", "cust-{n}", 7, "access-{city}", 1),
    Role("cr", "cr{n:02}.{site}", 2, "core-ip", 60),
    Role("pe", "pe{n:02}.{site}", 6, "core-ip", 40),
    Role("br", "br{n:02}.{site}", 1, "transit", 40),
    Role("rr", "rr{n}.{site}", 1, "core-ip"),
    Role("sw", "sw{n:02}.{site}", 4, "lan-{code}", 12),
    Role("lsw", "lsw{n}.{site}", 2, "lan-{code}"),
    Role("olt", "olt{n:02}.{site}", 4, "ftth-{city}-{n}", 48),
    Role("bng", "bng{n:02}.{site}", 1, "broadband-{city}", 90),
    Role("fw", "fw{n}.{site}", 2, "fw-{code}-edge", 12),
    Role("vpn", "vpn{n}.{site}", 1, "vpn", 8),
    Role("mx", "mx{n}.{site}", 1, "mail", 20),
    Role("dns", "dns{n}.{site}", 1, "dns", 30),
    Role("cdn", "cdn{n}.{site}", 2, "cdn"),
    Role("sbc", "sbc{n}.{site}", 1, "voice", 18),
    Role("voice-gw", "voice-gw{n}.{site}", 1, "voice", 9),
    Role("portal", "portal{n}.{site}", 1, "portal", 30),
    Role("radius", "radius{n}.{site}", 1, "broadband-{city}", 60),
    Role("ntp", "ntp{n}.{site}", 1, "time"),
    Role("syslog", "syslog{n}.{site}", 1, "noc-tools"),
    Role("oob", "oob{n}.{site}", 1, "oob"),
    Role("ap", "ap-{n}.{site}", 3, "wifi-{code}", 3),
    Role("ups", "ups-{n}.{site}", 1, "facility"),
    Role("hvac", "hvac{n}.{site}", 1, "facility"),
    Role("rack", "rack{n}.{site}", 2, "facility"),
)
"""Customers come first: the others serve some of them."""
