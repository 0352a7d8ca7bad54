"""The gates as a table of ``docs/performance.md``, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.gates.gates import Gate

BEGIN, END = "<!-- console gates: begin -->", "<!-- console gates: end -->"


def document(gates: Sequence[Gate], values: Mapping[str, float], about: Mapping[str, str]) -> str:
    """Return where it was measured, and each gate with what was reached."""
    where = ", ".join(f"{what} {value}" for what, value in about.items())
    lines = ["| what | at most | measured |  |", "| --- | --- | --- | --- |"]
    lines += [_row(gate, values.get(gate.name)) for gate in gates]
    return f"- {where}\n\n" + "\n".join(lines)


def write(path: Path, gates: Sequence[Gate], values: Mapping[str, float], about: Mapping[str, str]) -> None:
    """Replace what stands between the marks of a document, and write the values beside it.

    Raises:
        ValueError: it has no marks.
    """
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{path} must have the lines {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n{document(gates, values, about)}\n{END}{after}")
    kept = {"machine": dict(about), "gates": [asdict(gate) | {"measured": values.get(gate.name)} for gate in gates]}
    path.with_name("console-gates.json").write_text(json.dumps(kept, indent=1) + "\n")


def _row(gate: Gate, value: float | None) -> str:
    measured = "not measured" if value is None else f"{value:,.1f} {gate.unit}"
    verdict = "met" if gate.is_met_by(value) else "**missed**"
    return f"| {gate.name} | {gate.most:,g} {gate.unit} | {measured} | {verdict} |"
