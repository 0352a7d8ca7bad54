"""The arithmetic of the benchmarks: ratios, spreads, verdicts, and how results are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import harness, report
from tests.benchmarks.__main__ import all_lines
from tests.benchmarks.b09_fsyncs import total_calls
from tests.benchmarks.harness import Result, Spread
from tests.benchmarks.line import Contender, Figure, Goal, Line
from tests.benchmarks.sampling import gaps, percentile

FASTER = Goal("rate", "ours", "at least", 2, "theirs")
LINE = Line(
    key="B3",
    title="Doing nothing",
    figures=(Figure("rate", "a second"),),
    contenders=(
        Contender("ours", "ours:x", 1, 1),
        Contender("theirs", "raw:x", 1, 1),
        Contender("a peer", "peers.x:x", 1, 1, needs="a_module_that_nobody_has"),
    ),
    goals=(FASTER,),
)
MACHINE = {"processor": "abacus"}


def a_result(ours: list[float], theirs: list[float]) -> Result:
    return Result("B3", len(ours), quick=False, values={"ours": {"rate": ours}, "theirs": {"rate": theirs}})


def test_a_spread_has_the_middle_and_both_ends() -> None:
    assert Spread.of([5, 1, 9, 2]) == Spread(median=3.5, low=1, high=9)


def test_a_ratio_is_taken_inside_each_round_so_a_slow_round_does_not_count() -> None:
    result = a_result([100, 10, 300], [50, 5, 100])
    assert result.ratio("rate", "ours", "theirs") == Spread(median=2, low=2, high=3)


def test_rounds_that_are_missing_on_one_side_are_no_ratio() -> None:
    with pytest.raises(ValueError, match="zip"):
        a_result([1, 2], [1]).ratio("rate", "ours", "theirs")


def test_nothing_measured_is_nothing_rather_than_zero() -> None:
    assert a_result([], []).ratio("rate", "ours", "theirs") is None
    assert a_result([1], [0]).ratio("rate", "ours", "theirs") is None
    assert a_result([1], [1]).spread("nobody", "rate") is None


@pytest.mark.parametrize(("bound", "met"), [("at least", [False, True, True]), ("at most", [True, True, False])])
def test_a_bound_includes_its_value(bound: str, met: list[bool]) -> None:
    goal = Goal("rate", "ours", "at least" if bound == "at least" else "at most", 2)
    assert [goal.is_met_by(value) for value in (1.9, 2, 2.1)] == met


def test_contenders_take_turns_at_being_first() -> None:
    first = [harness.in_turn(LINE.contenders, number)[0].name for number in range(4)]
    assert first == ["ours", "theirs", "a peer", "ours"]


def test_a_peer_that_is_not_installed_is_told_with_how_to_install_it() -> None:
    assert harness.what_is_missing(LINE.contenders[2]) == "not installed: pip install -e '.[benchmarks]'"
    assert harness.what_is_missing(LINE.contenders[0]) is None


def test_a_tool_that_is_not_there_is_named() -> None:
    lacking = Contender("traced", "ours:x", 1, 1, tool="a-program-that-nobody-has")
    assert harness.what_is_missing(lacking) == "not installed: the program a-program-that-nobody-has"


def test_a_missing_peer_has_a_row_of_its_own_in_the_table() -> None:
    result = a_result([4], [2])
    result.missing["a peer"] = harness.INSTALL
    table = report.line_table(LINE, result)
    assert "| ours | rate | 4 a second | 4 to 4 |  |" in table
    assert "| theirs | rate | 2 a second | 2 to 2 | 2 (2 to 2) |" in table
    assert f"| a peer |  | {harness.INSTALL} |  |  |" in table


def test_goals_say_whether_the_median_ratio_reaches_them() -> None:
    assert "| 2.5 (2 to 3) | reached |" in report.goals_table([(LINE, a_result([4, 9], [2, 3]))])
    assert "| 1 (1 to 1) | **not reached** |" in report.goals_table([(LINE, a_result([4], [4]))])


def test_results_are_kept_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    report.Results(path).add(LINE, a_result([4], [2]), MACHINE)
    later = Line("B10", "Later", LINE.figures, LINE.contenders)
    report.Results(path).add(later, a_result([1], [1]), MACHINE)
    kept = report.Results(path)
    assert kept.result(LINE) == a_result([4], [2])
    assert kept.machine(later) == MACHINE
    assert path.read_text().index('"B3"') < path.read_text().index('"B10"')


def test_tables_replace_only_what_stands_between_the_marks(tmp_path: Path) -> None:
    document, results = tmp_path / "performance.md", report.Results(tmp_path / "performance.json")
    results.add(LINE, a_result([4], [2]), MACHINE)
    document.write_text(f"Before.\n{report.BEGIN}\nold\n{report.END}\nAfter.\n")
    for _ in range(2):
        report.write_tables(document, [LINE], results)
    text = document.read_text()
    assert text.startswith(f"Before.\n{report.BEGIN}\n- B3: processor abacus\n")
    assert text.endswith(f"{report.END}\nAfter.\n")
    assert "old" not in text


def test_a_document_without_marks_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text("Mine.\n")
    with pytest.raises(ValueError, match="must have the lines"):
        report.write_tables(document, [LINE], report.Results(tmp_path / "none.json"))
    assert document.read_text() == "Mine.\n"


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 50) == 7


def test_pauses_are_irregular_and_the_same_in_every_round() -> None:
    assert list(gaps(5)) == list(gaps(5))
    assert len(set(gaps(5))) == 5


def test_calls_are_read_from_the_report_of_strace() -> None:
    seen = (
        "% time     seconds  usecs/call     calls    errors syscall\n"
        "------ ----------- ----------- --------- --------- ----------------\n"
        " 61.62    0.000798          14        57           fdatasync\n"
        " 38.38    0.000497          12        41         2 fsync\n"
        "------ ----------- ----------- --------- --------- ----------------\n"
        "100.00    0.001295          13        98         2 total\n"
    )
    assert total_calls(seen) == 98
    assert total_calls("") == 0


def test_every_goal_of_every_line_names_contenders_and_figures_that_are_there() -> None:
    lines = all_lines()
    assert [line.key for line in lines] == [f"B{number}" for number in range(1, 12)]
    for line in lines:
        names = {contender.name for contender in line.contenders}
        for goal in line.goals:
            assert {goal.ours, goal.theirs} - {None} <= names
            assert line.figure(goal.figure)
