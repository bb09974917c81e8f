"""What a console costs while nobody touches it: bytes, processor, memory; its agent's memory."""

from __future__ import annotations

from typing import Final

from tests.bench.figures import Figure, Target, amount
from tests.bench.lab import BELOW, Lab
from tests.bench.machine import agent_of, cpu_seconds, memory_mb
from tests.bench.program import Program, now

_UNTIL_CALM: Final = 31.0
"""Seconds without a key after which the console tells times and counts in coarse steps."""


def resting(lab: Lab) -> list[Figure]:
    """A while of stillness, the pane below, of the console and of the empty app."""
    seconds = lab.times(60, 4)
    with lab.ready_console(BELOW) as console, lab.ready_empty() as empty:
        beside = _stillness(empty, seconds / 6)
        size, load, memory = _stillness(console, seconds)
        agent = agent_of(console.pid)
        agent_memory = memory_mb(agent) if agent is not None else float("nan")
    return [
        _figure("bytes of an idle minute, pane below", size, beside[0], Target(600, 550, "B")),
        _figure("processor of an idle console", load, beside[1], Target(1, 0.3, "%")),
        _figure("memory of the console (PSS)", memory, beside[2], Target(150, 110, "MB")),
        _figure("memory of the agent (PSS)", agent_memory, None, Target(90, 60, "MB")),
    ]


def _stillness(program: Program, seconds: float) -> tuple[float, float, float]:
    """Return bytes a minute, processor in per cent of a core, and memory in MB."""
    program.rest(_UNTIL_CALM)
    program.take_size()
    began, used = now(), cpu_seconds(program.pid)
    program.rest(seconds)
    past = (now() - began) / 1e9
    load = (cpu_seconds(program.pid) - used) / past * 100
    return program.take_size() / past * 60, load, memory_mb(program.pid)


def _figure(name: str, value: float, beside: float | None, target: Target) -> Figure:
    empty = "" if beside is None else f"{amount(beside)} {target.unit}"
    return Figure(name, f"{amount(value)} {target.unit}", empty, target, value)
