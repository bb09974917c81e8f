"""Anything that people, sources and duties do, in any order, leaves a desk whose journal and board are true."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from noc_tui.incidents.commands import RULE, Command
from noc_tui.incidents.gathering import home_of
from noc_tui.incidents.lifecycle import TRANSITIONS
from noc_tui.incidents.model import HOUR, MINUTE, OPEN_STATES, SECOND, SEVERITIES, SEVERITY_RANK, Micros, Report
from noc_tui.incidents.ordering import band_of, turns_at
from noc_tui.incidents.verbs import VERBS, expectation
from noc_tui.journal.chain import GENESIS
from tests.unit.incidents import checks
from tests.unit.incidents.desk import ARGS, Desk, report

PEOPLE = ("ana", "bo", "cy")
KEYS = tuple("abcdef")
SPANS = (0, SECOND, 40 * SECOND, 5 * MINUTE, 11 * MINUTE, HOUR + 1, 9 * HOUR, 80 * HOUR)

picks = st.integers(0, 10)
span = st.sampled_from(SPANS)


class AnyDesk(RuleBasedStateMachine):
    """Three people, six alerts of three resources, and the duties, doing whatever comes to mind."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.checked = 0
        self.incidents: dict[bytes, Any] = {}
        self.alerts: dict[str, Any] = {}
        self.commands: list[Command] = []

    @initialize()
    def begin(self) -> None:
        self.desk.log("ana")
        self.desk.raised("a", resource="r0")

    def number(self, pick: int) -> int:
        return pick % self.desk._numbers + 1

    @rule(
        key=st.sampled_from(KEYS),
        firing=st.booleans(),
        severity=st.sampled_from((*SEVERITIES, "strange")),
        silence=st.sampled_from(("", "", "", "silence 7", "inhibited by x")),
        started=st.sampled_from((None, None, 1, 2)),
        gold=st.booleans(),
    )
    def report(self, key: str, firing: bool, severity: str, silence: str, started: int | None, gold: bool) -> None:
        self.said(
            paired(
                key,
                firing=firing,
                severity=severity,
                suppressed_by=silence if firing else "",
                starts_at=started,
                labels=(("tier", "gold"),) if gold else (),
            )
        )

    def said(self, report: Report) -> None:
        """A source says something; if it is news of an alert that fires, there is somewhere to see it."""
        news = report.firing and self.is_news(report)
        self.desk.report(report)
        if news:
            home = home_of(self.desk, self.desk.of(report.key).incident)
            assert home is not None
            assert home.state in OPEN_STATES

    def is_news(self, report: Report) -> bool:
        alert = self.desk.alert(report.ref)
        if alert is None or not self.firing(report.key):
            return True
        worse = SEVERITY_RANK.get(report.severity, 0) > SEVERITY_RANK[alert.severity]
        began = alert.raised_at if alert.starts_at is None else alert.starts_at
        later = report.starts_at is not None and began is not None and report.starts_at > began
        return worse or later or (alert.suppressed_by != "" == report.suppressed_by and alert.shelved_until is None)

    @rule(key=st.sampled_from(KEYS), times=st.integers(4, 9))
    def flap(self, key: str, times: int) -> None:
        for _ in range(times):
            self.desk.later(SECOND)
            alert = self.desk.alert(f"mon:{key}")
            self.said(paired(key, firing=alert is None or not self.firing(key)))

    @rule(
        actor=st.sampled_from(PEOPLE),
        key=st.sampled_from(KEYS),
        closed=st.booleans(),
        severity=st.sampled_from(SEVERITIES),
        started=st.sampled_from((None, 1, 2, 3)),
    )
    def put_away(self, actor: str, key: str, closed: bool, severity: str, started: int | None) -> None:
        alert = self.desk.alert(f"mon:{key}")
        home = home_of(self.desk, alert.incident) if alert else None
        if home is not None:
            self.do(actor, "resolve", home.number, code="w")
            if closed:
                self.do(actor, "close", home.number)
        self.said(paired(key, severity=severity, starts_at=started))

    def firing(self, key: str) -> bool:
        alert = self.desk.of(key)
        return self.desk.counter(alert.ref).firing if alert.flapping else alert.firing

    @rule(
        actor=st.sampled_from(PEOPLE),
        verb=st.sampled_from(sorted(set(TRANSITIONS) - {"settle"})),
        pick=picks,
        other=picks,
        seen=st.sampled_from((None, 0, 1, 3)),
        extra=st.booleans(),
        away=span,
    )
    def act(self, actor: str, verb: str, pick: int, other: int, seen: int | None, extra: bool, away: Micros) -> None:
        incident = self.desk.at(self.number(pick))
        args = dict(ARGS.get(verb, {}))
        if verb in ("link", "merge"):
            args["parent"] = self.number(other)
        if verb in ("snooze", "shelve", "hold") and (extra or verb != "hold"):
            args["until"] = self.desk.now + away
        if extra and verb in ("snooze", "shelve"):
            args["till_clear"] = True
        if extra and verb == "take":
            args["steal"] = True
        if extra and verb == "assign":
            args["to"] = "team:t2"
        if extra and verb in ("shelve", "unshelve"):
            args["alert"] = KEYS[other % len(KEYS)]
        expect = {} if seen is None else expectation(VERBS[verb], max(0, incident.revision - seen))
        self.send(
            Command(id=self.desk.new_id(), verb=verb, incident=incident.id, args=args, expect=expect, actor=actor)
        )

    def send(self, command: Command) -> None:
        outcome = self.desk.send(command)
        if outcome.ok and command.actor != RULE:
            self.commands.append(command)
        assert outcome.ok or outcome.reason.endswith(".")
        count = len(self.desk.journal)
        assert self.desk.send(command) == outcome
        assert len(self.desk.journal) == count

    def do(self, actor: str, verb: str, number: int, **args: Any) -> None:
        id = self.desk.at(number).id
        self.send(Command(id=self.desk.new_id(), verb=verb, incident=id, args=args, actor=actor))

    @rule(actor=st.sampled_from(PEOPLE), key=st.sampled_from(KEYS), hours=st.integers(1, 8), till_clear=st.booleans())
    def shelve(self, actor: str, key: str, hours: int, till_clear: bool) -> None:
        alert = self.desk.alert(f"mon:{key}")
        if alert is not None:
            until = self.desk.now + hours * HOUR
            home = home_of(self.desk, alert.incident)
            number = home.number if home else alert.incident
            self.do(actor, "shelve", number, until=until, reason="noise", alert=key, till_clear=till_clear)

    @rule(actor=st.sampled_from((*PEOPLE, RULE)), verb=st.sampled_from(("unshelve", "wake", "resume")), pick=picks)
    def bring_back(self, actor: str, verb: str, pick: int) -> None:
        incident = self.desk.at(self.number(pick))
        self.desk.now = max(self.desk.now, incident.shelved_until or incident.snoozed_until or incident.held_until or 0)
        self.do(actor, verb, incident.number)

    @rule(actor=st.sampled_from(PEOPLE), pick=picks, other=picks)
    def merge(self, actor: str, pick: int, other: int) -> None:
        self.do(actor, "merge", self.number(pick), parent=self.number(other))

    @rule(back=st.integers(1, 3))
    def undo_the_latest(self, back: int) -> None:
        for command in self.commands[: -1 - back : -1]:
            verb = "redo" if command.verb == "undo" else "undo"
            args = {"command": command.id.hex()}
            self.send(
                Command(id=self.desk.new_id(), verb=verb, incident=command.incident, args=args, actor=command.actor)
            )

    @rule(verb=st.sampled_from(("undo", "redo")), pick=st.integers(0, 5), own=st.booleans())
    def undo(self, verb: str, pick: int, own: bool) -> None:
        if not self.commands:
            return
        target = self.commands[-1 - pick % len(self.commands)]
        actor = target.actor if own else "cy"
        args = {"command": target.id.hex()}
        self.send(Command(id=self.desk.new_id(), verb=verb, incident=target.incident, args=args, actor=actor))

    @rule(verb=st.sampled_from(("wake", "unshelve", "resume", "resolve", "close", "settle")), pick=picks, key=picks)
    def duty(self, verb: str, pick: int, key: int) -> None:
        incident = self.desk.at(self.number(pick))
        args: dict[str, Any] = {"settle": {"alert": f"mon:{KEYS[key % len(KEYS)]}"}, "resolve": {"code": "c"}}.get(
            verb, {}
        )
        self.desk.send(Command(id=self.desk.new_id(), verb=verb, incident=incident.id, args=args, actor=RULE))

    @rule(actor=st.sampled_from(PEOPLE))
    def log(self, actor: str) -> None:
        self.desk.log(actor)
        self.commands.append(self.desk.receipts[self.desk.latest][0])

    @rule(by=span)
    def later(self, by: Micros) -> None:
        before = {
            one.id: (turns_at(one, self.desk.policy, self.desk.now), band_of(one, self.desk.policy, self.desk.now))
            for one in self.desk.state.incidents.values()
        }
        self.desk.later(by)
        for id, (turn, band) in before.items():
            if turn is None or turn > self.desk.now:
                assert band_of(self.desk.state.incidents[id], self.desk.policy, self.desk.now) == band

    @invariant()
    def all_hold(self) -> None:
        new = self.desk.journal[self.checked :]
        prev = self.desk.journal[self.checked - 1].hash if self.checked else GENESIS
        checks.events_follow(new, self.incidents, self.alerts, prev)
        self.checked = len(self.desk.journal)
        assert [event.seq for event in new] == list(range(self.checked - len(new) + 1, self.checked + 1))
        assert self.incidents == self.desk.state.incidents
        assert self.alerts == self.desk.state.alerts
        checks.all_hold(self.desk)


def paired(key: str, **fields: Any) -> Report:
    """A report; two keys share a resource, so that they are grouped."""
    return report(key, **{"resource": f"r{KEYS.index(key) // 2}"} | fields)


TestAnyDesk = AnyDesk.TestCase
TestAnyDesk.settings = settings(max_examples=40, stateful_step_count=40)
