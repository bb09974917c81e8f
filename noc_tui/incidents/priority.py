"""Impact and urgency give priority by the matrix (ITIL 4 incident management; OPERATOR.md 1.2)."""

from __future__ import annotations

from noc_tui.incidents.model import LEVELS, Labels
from noc_tui.incidents.policy import Policy


def priority_of(policy: Policy, impact: str, urgency: str) -> int:
    """Return 1..5 for an impact and an urgency (each high, medium or low)."""
    return policy.matrix[LEVELS.index(impact)][LEVELS.index(urgency)]


def assess(policy: Policy, severity: str, labels: Labels) -> tuple[str, str]:
    """Return (impact, urgency) of a severity; labels named by the policy may raise the impact, never lower it."""
    impact, urgency = policy.severity[severity]
    for raised in policy.raise_impact:
        if (raised.label, raised.value) in labels and LEVELS.index(raised.impact) < LEVELS.index(impact):
            impact = raised.impact
    return impact, urgency
