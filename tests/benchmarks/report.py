"""Results as JSON, kept line by line, and as the tables of ``docs/performance.md``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import Result, Spread
from tests.benchmarks.line import Figure, Goal, Line

BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


class Results:
    """Results of lines in one JSON file, each with the machine it was measured on; a new one replaces an old one.

    Args:
        path: of the file; need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def add(self, line: Line, result: Result, machine: dict[str, str]) -> None:
        """Keep a result with its ratios, on disk when this returns."""
        ratios = [asdict(goal) | {"measured": _as_dict(result.reached(goal))} for goal in line.goals]
        self._kept[line.key] = {**asdict(result), "title": line.title, "goals": ratios, "machine": machine}
        self._path.write_text(json.dumps(dict(sorted(self._kept.items(), key=_by_number)), indent=1) + "\n")

    def result(self, line: Line) -> Result | None:
        """Return the kept result of a line."""
        kept = self._kept.get(line.key)
        return None if kept is None else Result(**{name: kept[name] for name in Result.__dataclass_fields__})

    def machine(self, line: Line) -> dict[str, str]:
        """Return where the kept result of a line was measured."""
        return dict(self._kept[line.key]["machine"])


def write_tables(path: Path, lines: Sequence[Line], results: Results) -> None:
    """Replace what stands between the marks of a document.

    Raises:
        ValueError: it has no marks.
    """
    text = path.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{path} must have the lines {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n{document(lines, results)}\n{END}{after}")


def document(lines: Sequence[Line], results: Results) -> str:
    """Return the goals of all lines in one table, and a table for each line that has a result."""
    measured = [(line, result) for line in lines if (result := results.result(line)) is not None]
    parts = [_machines([(line, results.machine(line)) for line, _ in measured]), goals_table(measured)]
    parts += [line_table(line, result) for line, result in measured]
    return "\n\n".join(parts)


def _machines(lines: Sequence[tuple[Line, dict[str, str]]]) -> str:
    """Say where the lines were measured, once for each machine."""
    keys: dict[str, list[str]] = {}
    for line, machine in lines:
        keys.setdefault(", ".join(f"{what} {value}" for what, value in machine.items()), []).append(line.key)
    return "\n".join(f"- {', '.join(measured)}: {machine}" for machine, measured in keys.items())


def goals_table(measured: Sequence[tuple[Line, Result]]) -> str:
    """Return what is to be reached and what was."""
    rows = [
        [line.key, _goal_words(goal), f"{goal.bound} {_plain(goal.value)}", *_verdict(goal, result)]
        for line, result in measured
        for goal in line.goals
    ]
    return _table(["line", "what", "goal", "measured (rounds)", ""], rows)


def line_table(line: Line, result: Result) -> str:
    """Return the figures of all contenders of a line."""
    rows = [
        [contender, figure.name, *_cells(figure, spread), _ratio_cell(line, result, figure.name, contender)]
        for contender, figure, spread in _spreads(line, result)
    ]
    rows += [[name, "", why, "", ""] for name, why in result.missing.items()]
    heading = f"### {line.key}: {line.title}"
    often = f"Rounds: {result.rounds}{' (quick: not to be quoted)' if result.quick else ''}."
    how = f"{often} Durability: {line.durability}. {line.note}".strip()
    table = _table(["program", "figure", "median", "lowest to highest", "jobboy / it"], rows)
    return "\n\n".join([heading, how, table])


def _spreads(line: Line, result: Result) -> Iterator[tuple[str, Figure, Spread]]:
    for contender in line.contenders:
        for figure in line.figures:
            spread = result.spread(contender.name, figure.name)
            if spread is not None:
                yield contender.name, figure, spread


def _cells(figure: Figure, spread: Spread) -> list[str]:
    median, low, high = (f"{value:,.{figure.digits}f}" for value in (spread.median, spread.low, spread.high))
    return [f"{median} {figure.unit}", f"{low} to {high}"]


def _ratio_cell(line: Line, result: Result, figure: str, theirs: str) -> str:
    """Return the ratio to ours of the goals, empty for ours themselves."""
    ours = next((goal.ours for goal in line.goals if goal.figure == figure), None)
    if ours is None or ours == theirs:
        return ""
    ratio = result.ratio(figure, ours, theirs)
    return "" if ratio is None else f"{_plain(ratio.median)} ({_plain(ratio.low)} to {_plain(ratio.high)})"


def _goal_words(goal: Goal) -> str:
    return f"{goal.figure}: {goal.ours}" + (f" / {goal.theirs}" if goal.theirs else "")


def _verdict(goal: Goal, result: Result) -> list[str]:
    measured = result.reached(goal)
    if measured is None:
        return [result.missing.get(goal.theirs or goal.ours, "not measured"), ""]
    words = f"{_plain(measured.median)} ({_plain(measured.low)} to {_plain(measured.high)})"
    return [words, "reached" if goal.is_met_by(measured.median) else "**not reached**"]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _plain(value: float) -> str:
    """Write a number with three digits that count."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _as_dict(spread: Spread | None) -> dict[str, float] | None:
    return None if spread is None else asdict(spread)


def _by_number(entry: tuple[str, object]) -> int:
    return int(entry[0].removeprefix("B"))
