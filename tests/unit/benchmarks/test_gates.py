from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates import report
from tests.gates.gates import GATES, Gate

DOCUMENT = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"


def test_a_gate_is_met_at_its_value_and_missed_above_it_or_unmeasured() -> None:
    gate = Gate("page, p95", 50, "ms")
    assert gate.is_met_by(50)
    assert not gate.is_met_by(50.1)
    assert not gate.is_met_by(None)


def test_the_names_of_gates_are_their_own() -> None:
    assert len({gate.name for gate in GATES}) == len(GATES)


def test_the_table_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "performance.md"
    path.write_text(DOCUMENT)
    report.write(path, GATES[:2], {"first paint": 420.04}, {"processor": "some"})
    text = path.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| first paint | 600 ms | 420.0 ms | met |\n| first rows | 900 ms | not measured | **missed** |" in text
    assert (tmp_path / "console-gates.json").exists()


def test_a_document_without_the_marks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("nothing")
    with pytest.raises(ValueError, match="must have the lines"):
        report.write(path, GATES, {}, {})
