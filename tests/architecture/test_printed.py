"""What the documents print can be copied: programs run, calls are understood, configurations and filters are read."""

import importlib.util
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from jobboy.app import JobBoy
from jobboy.cli.program import program
from jobboy.operations import parse_filter
from jobboy.testing import FrozenClock
from jobboy_console.__main__ import make_parser
from jobboy_console.config import read_config
from tests.architecture.printed import PAGES, ROOT, blocks, named_calls, python_files, shell_calls

ROOT_COMMAND: Any = get_command(program)
PROGRAMS = {"jobboy", "jobboy-console"}


def command(words: Sequence[str]) -> Any:
    """Return the command of jobboy that words name, as far as they name one."""
    found = ROOT_COMMAND
    for word in words:
        found = getattr(found, "commands", {}).get(word, found)
    return found


def parse(words: Sequence[str]) -> None:
    """Read a call as its program would, and do nothing."""
    if words[0] == "jobboy-console":
        make_parser().parse_args(words[1:])
        return
    context = ROOT_COMMAND.make_context("jobboy", list(words[1:]))
    rest = [*context._protected_args, *context.args]
    while rest:
        name, verb, rest = context.command.resolve_command(context, rest)
        context = verb.make_context(name, rest, parent=context)
        rest = [*context._protected_args, *context.args] if hasattr(verb, "commands") else []


@pytest.mark.parametrize("page", PAGES)
def test_every_call_in_a_block_is_understood(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for words in shell_calls(page):
        name = words[0].rpartition("/")[2]
        if name in PROGRAMS:
            parse([name, *words[1:]])
        elif name.startswith("python") and words[1] == "-m":
            assert importlib.util.find_spec(words[2]), words


@pytest.mark.parametrize("page", PAGES)
def test_every_call_in_a_sentence_has_a_verb_and_options_that_are_there(page: str) -> None:
    console = {option for action in make_parser()._actions for option in action.option_strings}
    for words in named_calls(page):
        asked = {word for word in words if re.match(r"--?[a-z]", word)}
        if words[0] == "jobboy-console":
            assert asked <= console, words
            continue
        verb = command(words[1:])
        assert verb is not ROOT_COMMAND or not [word for word in words[1:] if not word.startswith("-")], words
        assert asked <= {"--help", "-h"} | {
            name for one in (ROOT_COMMAND, verb) for option in one.params for name in option.opts
        }, words


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")])
def test_every_configuration_is_read_without_a_word(page: str, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        file = tmp_path / "config.toml"
        file.write_text(block, encoding="utf-8")
        assert read_config(file)[1] == []


def test_every_filter_of_the_filter_language_is_read() -> None:
    text = (ROOT / "docs/reference/filter-language.md").read_text(encoding="utf-8")
    shown = [re.split(r"\s{2,}", line[4:])[0] for line in text.splitlines() if re.match(r" {4}[^ $]", line)]
    filters = [one for one in shown if not one.startswith("jobboy: ")]
    assert len(filters) > 5
    for one in filters:
        parse_filter(one)


def headings(page: Path) -> set[str]:
    """Return the names that the headings of a page have in links, as people who read Markdown are shown them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_heading_leads_to_one(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [
        (file, name)
        for file, name in links
        if name not in headings((ROOT / page).parent / file if file else ROOT / page)
    ] == []


# --- programs ---


def write(files: dict[str, str], folder: Path) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@contextmanager
def begun(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, dict[str, Any]]]:
    """Run every Python file of a page in a folder of its own; gives what each defines, and closes its apps."""
    files = python_files(page)
    write(files, folder)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    for name in files:
        monkeypatch.delitem(sys.modules, name.removesuffix(".py").replace("/", "."), raising=False)
    defined = {name: runpy.run_path(name, run_name=Path(name).stem) for name in files}
    yield defined
    for names in defined.values():
        for one in names.values():
            if isinstance(one, JobBoy):
                one.close()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")])
def test_every_program_begins_as_it_is_printed(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with begun(page, tmp_path, monkeypatch) as programs:
        assert programs


def test_the_work_that_is_written_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here.csv").write_text("1\n2\n3\n", encoding="utf-8")
    with begun("docs/how-to/write-work.md", tmp_path, monkeypatch) as programs:
        imports, reports, files = (programs[name]["jobs"] for name in ("imports.py", "reports.py", "files.py"))
        assert imports.execute("nightly-import", {"url": (tmp_path / "here.csv").as_uri()}).output == {"loaded": 3}
        assert imports.execute("invoices", {"total": 30, "file": "a.pdf"}).paused
        assert reports.execute("report").output == {"file": "/srv/reports/2026.csv"}
        assert files.execute("create-file", {"rows": 2000}).store == {"written": 2000}


def test_the_billing_run_that_is_written_starts_many_and_waits_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begun("docs/how-to/write-work.md", tmp_path, monkeypatch) as programs:
        jobs = programs["billing.py"]["jobs"]
        jobs.clock = clock = FrozenClock()
        run = jobs.start("billing-run", {"customers": 30})
        for _ in range(2):
            with jobs.iteration_maker() as maker:
                while maker.work().has_worked:
                    pass
            clock.advance(timedelta(seconds=10))

        assert jobs.get(run).output == {"billed": 30, "failed": 0}
        assert len(jobs.list("code:bill")) == 30


def test_the_tests_that_are_shown_pass(tmp_path: Path) -> None:
    write(python_files("docs/how-to/test-your-work.md"), tmp_path)
    call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "--rootdir", "."]
    told = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True)
    assert "3 passed" in told.stdout, told.stdout


def test_the_first_process_of_the_readme_goes_as_it_is_printed(tmp_path: Path) -> None:
    write(python_files("README.md"), tmp_path)
    environment = {**os.environ, "JOBBOY_APP": "imports:jobs"}
    printed = [words[1:] for words in shell_calls("README.md") if words[0] == "jobboy"]
    started = ""
    for words in printed:
        call = [started if word == "ID" else word for word in words] + ["--until-idle"] * (words == ["work"])
        told = subprocess.run(
            [sys.executable, "-m", "jobboy", *call], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert told.returncode == 0, (call, told.stderr)
        started = told.stdout.strip() if call[0] == "start" else started
    assert [words[0] for words in printed] == ["start", "work", "list", "proceed"]
