"""The house keeps its own rules: entries, sizes, docstrings, and one word for one thing."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobboy import CrashPolicy, ProcessStatus
from jobboy.model.events import EventKind
from jobboy.model.schedules import MissedPolicy
from jobboy.operations import Verb

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for root in ("core", "console") for path in (ROOT / root).rglob("*.py"))
MODULES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
CONCEPTS = (ROOT / "docs/concepts.md").read_text(encoding="utf-8")
MAX_LINES = 450

ENTRIES = {"pyproject.toml", "README.md", "console", "core", "tests", "screenshots", "docs", "LICENSE"}
FORBIDDEN_WORDS = re.compile(r"(Manager|Helper|Util|Impl|Interface|Job(?!Boy|LookupError)|Task|Workflow)")

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def tracked() -> list[str]:
    """Return the files that git keeps or would keep; all that lie there where there is no git."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        told = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        return [path.name for path in ROOT.iterdir()]
    return told.stdout.splitlines()


def public(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Documented]]:
    """Yield the public classes and functions of a module, and the public methods of its classes."""
    for node in tree.body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}{node.name}.")


def is_described_elsewhere(node: Documented) -> bool:
    """Tell overloads and setters, whose description stands at the function or the property."""
    return any(
        (isinstance(one, ast.Name) and one.id == "overload")
        or (isinstance(one, ast.Attribute) and one.attr == "setter")
        for one in node.decorator_list
    )


def test_the_top_level_has_exactly_its_entries() -> None:
    entries = {path.partition("/")[0] for path in tracked()}
    assert {entry for entry in entries if not entry.startswith(".")} == ENTRIES


def test_every_decision_is_listed_by_its_number_and_heading() -> None:
    folder = ROOT / "docs/decisions"
    headings = [
        (path.name, path.read_text(encoding="utf-8").partition("\n")[0]) for path in sorted(folder.glob("0*.md"))
    ]
    rows = re.findall(r"\| (\d+) \| \[(.+)\]\((.+)\) \|", (folder / "README.md").read_text(encoding="utf-8"))
    assert len(headings) > 20
    assert [(name, f"# {number}. {heading}") for number, heading, name in rows] == headings


def test_there_is_source_to_examine() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("path", MODULES)
def test_a_file_can_be_read_in_one_go(path: str) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", [path for path in MODULES if path.startswith("core/")])
def test_everything_public_says_what_it_is(path: str) -> None:
    module = MODULES[path]
    missing = [name for name, node in public(module) if not (ast.get_docstring(node) or is_described_elsewhere(node))]
    assert missing == []
    assert ast.get_docstring(module) or not module.body, "a module says in one sentence what it is"


@pytest.mark.parametrize("path", MODULES)
def test_no_name_uses_a_word_that_says_nothing_or_a_second_word_for_a_process(path: str) -> None:
    classes = [node.name for node in ast.walk(MODULES[path]) if isinstance(node, ast.ClassDef)]
    assert [name for name in classes if FORBIDDEN_WORDS.search(name)] == []


@pytest.mark.parametrize("path", MODULES)
def test_nothing_is_left_to_do(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.findall(r"\b(TODO|FIXME|XXX|HACK)\b", text) == []


# --- the documents keep step ---


@pytest.mark.parametrize("word", [*ProcessStatus, *EventKind, *Verb, *CrashPolicy, *MissedPolicy])
def test_every_word_of_the_model_is_in_the_concepts(word: str) -> None:
    assert re.search(rf"\b{word}\b", CONCEPTS), f"docs/concepts.md does not know {word!r}"


def test_every_link_in_the_documents_leads_somewhere() -> None:
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    links = [
        (path, link) for path in documents for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
    ]
    assert [(path.name, link) for path, link in links if not (path.parent / link).exists()] == []
