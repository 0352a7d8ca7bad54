"""docs/reliability.md names, for each promise, files that prove it by name."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = {row[1]: row[0] for row in re.finditer(r"^\| (P\d+) \|.*$", TEXT, re.MULTILINE)}


def test_every_promise_is_listed() -> None:
    assert sorted(ROWS, key=lambda name: int(name[1:])) == [f"P{n}" for n in range(1, 14)]


def test_every_promise_is_proven_by_a_test_that_has_its_number() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in ROWS if f"def test_{name.lower()}_" not in tests] == []


def test_every_file_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+(?:\.py)?)/?`", TEXT)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
