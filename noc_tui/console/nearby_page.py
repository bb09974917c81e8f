"""Two pages: what was like an incident and what resolved it, and what is tied to it just now."""

from __future__ import annotations

from typing import Final

from noc_tui.console.detail import LABEL, Known, resolution
from noc_tui.console.leafing import Leaf
from noc_tui.console.paging import Shown, head, indented, lit
from noc_tui.console.row_text import Page, state_word
from noc_tui.console.wrapping import wrap
from noc_tui.incidents.durations import in_words, short
from noc_tui.incidents.likeness import ties
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import day_clock
from widgets.line import Line, cut_middle, fit, line_width, width_of
from widgets.roles import Role

_PANEL: Final = 9
"""Lines below the list that tell of the one under the cursor."""
_PANEL_FROM: Final = 14
HELD_HERE: Final = "Among what this console holds; the server knows the whole past."


class NearbyPage:
    """A list of incidents around one, with a cursor; `name` is what the page is called."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._leaf = Leaf()
        self._of = 0

    def move(self, what: str, count: int, known: Known | None) -> None:
        """Move the cursor."""
        self._leaf.move(what, count, len(self.listed(known)))

    def listed(self, known: Known | None) -> tuple[Incident, ...]:
        """Return the incidents of the list."""
        if known is None:
            return ()
        return known.seen_before if self._name == "seen" else known.related

    def under_cursor(self, known: Known | None) -> Incident | None:
        """Return the incident under the cursor."""
        listed = self.listed(known)
        return listed[min(self._leaf.at, len(listed) - 1)] if listed else None

    def seek(self, text: str, known: Known | None) -> bool:
        """Go to the next incident that says a text, from the cursor on and round; False if none does."""
        listed, wanted = self.listed(known), text.casefold()
        order = [*range(self._leaf.at + 1, len(listed)), *range(min(self._leaf.at + 1, len(listed)))]
        found = next((at for at in order if wanted in _said(listed[at])), None)
        if found is not None:
            self._leaf.at = found
        return found is not None

    def show(self, incident: Incident, known: Known | None, page: Page, width: int, height: int) -> Shown:
        """Return the page for a body of this size."""
        if incident.number != self._of:
            self._of, self._leaf = incident.number, Leaf()
        listed = self.listed(known)
        before = self._name == "seen"
        title = "Seen before" if before else "Near it"
        lines: list[Line] = [head(title, f"{len(listed)}", incident, page, width), []]
        lines[1:] = indented([[(_heads(width - 6, before=before), "muted")]]) if listed else [[]]
        if not listed:
            words = "Reading." if known is None else _NOTHING[self._name]
            lines.append([("   ", "muted"), (words, "muted")])
            return Shown([*lines, *self._partly(known)])
        told = _PANEL if height >= _PANEL_FROM else 0
        room = max(1, height - len(lines) - (told + 1 if told else 0))
        row = _past_line if before else _near_line
        shown = self._leaf.view(len(listed), room, lambda at: [row(incident, listed[at], known, page, width - 6)])
        found = lit(shown, self._leaf.at, len(lines), page)
        lines += [*found.lines, *self._partly(known)]
        if told:
            lines += [[], *indented(_panel(incident, listed[self._leaf.at], known, page, width - 6)[:told])]
        return Shown(lines, found.states, found.cursor)

    def _partly(self, known: Known | None) -> list[Line]:
        """That a replica holds only a part of the past."""
        if known is None or not known.partly or self._name != "seen":
            return []
        return [[], [("   ", "muted"), (HELD_HERE, "muted")]]


_NOTHING: Final = {
    "seen": "Nothing like it was seen before.",
    "near": "Nothing open shares its cause, resource, service or site.",
}


def _said(incident: Incident) -> str:
    words = (number_text(incident.number), incident.resource, incident.title, incident.cause, incident.owner)
    return " ".join((*words, incident.service, incident.site, incident.resolution_code)).casefold()


def took(past: Incident) -> str:
    """Return how long it took to resolve; empty if that is not known."""
    return short(past.resolved_at - past.opened_at) if past.resolved_at is not None else ""


def _heads(width: int, *, before: bool) -> str:
    """What the columns of the list are called."""
    if before:
        where = f"{'resource':<18}  " if width > 70 else ""
        return fit(f"{'number':<10}   ago   took  {'code':<11}  {where}what resolved it", width)
    return fit(f"{'number':<10}  {'in common':<13}   P  {'state':<8}   age  {'resource':<14}", width)


def _past_line(_incident: Incident, past: Incident, known: Known | None, page: Page, width: int) -> Line:
    at = past.resolved_at or past.updated_at
    lead = f"{number_text(past.number)}  {short(page.now - at):>4}  {took(past):>5}  {fit(past.resolution_code, 11)}  "
    where = f"{fit(past.resource, 18, cut=cut_middle, sign=page.signs.cut)}  " if width > 70 else ""
    room = width - len(lead) - width_of(where)
    line: list[tuple[str, Role]] = [(lead, "muted"), (where, "text")]
    return [*line, (fit(resolution(past, known), room, sign=page.signs.cut), "bright")]


def _near_line(incident: Incident, other: Incident, _known: Known | None, page: Page, width: int) -> Line:
    tied = ties(incident, other)
    word = tied[0] if tied else ""
    state = state_word(other, page.now)
    mark = "!" if other.attention else " "
    lead = f"{number_text(other.number)}  {fit(word, 13)}  {mark}{other.priority}  {fit(state, 8)}  "
    age = f"{short(page.now - other.opened_at):>4}  "
    where = f"{fit(other.resource, 18 if width > 84 else 14, cut=cut_middle, sign=page.signs.cut)}  "
    room = width - len(lead) - len(age) - line_width([(where, "text")])
    role: Role = "text" if other.state not in ("resolved", "closed", "merged") else "muted"
    return [(lead, "muted"), (age, "muted"), (where, role), (fit(other.title, room, sign=page.signs.cut), role)]


def _panel(incident: Incident, other: Incident, known: Known | None, page: Page, width: int) -> list[Line]:
    """All that tells whether this is the same thing, and what was done about it."""
    event = known.resolved_by.get(other.number) if known is not None else None
    note = str(event.data.get("note") or "") if event is not None else ""
    who = (event.actor if event is not None else "") or other.owner
    by = f"as {other.resolution_code}" if other.resolution_code else ""
    when = (
        f"{day_clock(other.resolved_at)}, after {in_words(other.resolved_at - other.opened_at)}"
        if other.resolved_at
        else ""
    )
    state = f"{other.state}, owner {other.owner or 'nobody'}" if not other.resolved_at else ""
    facts = [
        ("said", f"{other.resource}  {other.title}".strip()),
        ("opened", day_clock(other.opened_at)),
        ("state", state),
        (
            "resolved",
            " ".join(part for part in (by, f"by {who}" if who else "", when) if part) if other.resolved_at else "",
        ),
        ("cause", other.cause),
        ("note", f'"{note}"' if note else ""),
        ("in common", ", ".join(ties(incident, other)) or "the words of the title"),
    ]
    lines: list[Line] = []
    for name, value in facts:
        for row, part in enumerate(wrap(clean(value), width - LABEL, 2, page.signs.cut) if value else ()):
            lines.append([(f"{'' if row else name:<{LABEL}}", "muted"), (part, "text")])
    return lines
