"""The program without a database: help, wrong usage, start-up, and its documentation."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from jobboy.cli.program import program
from jobboy.model.documents import Parameters
from jobboy.model.filter_language.fields import FIELDS
from jobboy.operations import Details, parse_filter
from tests.unit.cli.test_views import a_process, an_event

VERBS = [
    "start",
    "execute",
    "list",
    "show",
    "explain",
    "history",
    "tail",
    "recover",
    "fail",
    "kill",
    "proceed",
    "restart",
    "work",
    "pause",
    "resume",
    "workers",
    "handlers",
    "prune",
    "doctor",
    "demo",
    "audit",
    "export",
    "backup",
    "logs",
    "schedules",
]
OF_SCHEDULES = ["list", "show", "add", "pause", "resume", "start", "remove"]
CALLS = [*([verb] for verb in VERBS), *(["schedules", verb] for verb in OF_SCHEDULES)]
FILTER_LANGUAGE = (Path(__file__).parents[3] / "docs/reference/filter-language.md").read_text(encoding="utf-8")
DOCUMENT = (Path(__file__).parents[3] / "docs/reference/command-line.md").read_text(encoding="utf-8")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments, prog_name="jobboy")


def options_of(help_text: str) -> set[str]:
    declared = [line for line in help_text.splitlines() if line.startswith("  -")]
    return {option for line in declared for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", line.split("   ")[0])}


def all_options_of(verb: str) -> set[str]:
    calls = [one for one in CALLS if one[0] == verb]
    return {option for one in calls for option in options_of(call(*one, "--help").stdout)}


def section(verb: str) -> str:
    return DOCUMENT.split(f"\n### {verb}\n")[1].split("\n### ")[0]


@pytest.mark.parametrize("verb", CALLS, ids=" ".join)
def test_the_help_of_every_verb_ends_with_examples_of_it(verb: list[str]) -> None:
    result = call(*verb, "--help")
    assert result.exit_code == 0
    examples = result.stdout.split("Examples:\n")[1].splitlines()
    assert examples
    assert all(f" {' '.join(verb)}" in line for line in examples)


def test_every_verb_is_in_the_help_with_a_whole_sentence() -> None:
    listed = dict(re.findall(r"^  (\w+) +(\S.*)$", call("--help").stdout.split("Commands:")[1], re.MULTILINE))
    assert list(listed)[: len(VERBS)] == VERBS
    assert all(listed[verb].endswith(".") and not listed[verb].endswith("...") for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_option_is_documented(verb: str) -> None:
    text = section(verb)
    assert f"jobboy {verb}" in text or f"MODULE:OBJECT {verb}" in text
    undocumented = all_options_of(verb) - {"-h", "--help", "--json", "--plain"}
    assert {option for option in undocumented if f"`{option}" not in text} == set()


@pytest.mark.parametrize("verb", VERBS)
def test_no_option_is_documented_that_is_not_there(verb: str) -> None:
    documented = {option for row in re.findall(r"^\| (.*?) \|", section(verb), re.MULTILINE)
                  for option in re.findall(r"`(--?[a-z][a-z-]*)", row)}  # fmt: skip
    assert documented <= all_options_of(verb)


def test_global_options_and_exit_codes_are_documented() -> None:
    undocumented = {option for option in options_of(call("--help").stdout) if f"`{option}" not in DOCUMENT}
    assert undocumented == set()
    assert re.findall(r"^\| (\d+) \|", DOCUMENT, re.MULTILINE) == ["0", "1", "2", "3", "130"]


def test_the_fields_of_processes_and_events_are_documented_in_order() -> None:
    process = DOCUMENT.split("### A process\n\n")[1].split("\n\n")[0]
    assert re.findall(r"`(\w+)`", process) == list(a_process().as_json())
    event = DOCUMENT.split("### An event\n")[1]
    assert re.findall(r"`(\w+)`", event)[: len(an_event().as_json())] == list(an_event().as_json())
    steps = DOCUMENT.split("`show` adds")[1].split("\n\n")[0]
    assert Details(a_process(output=Parameters({})), []).as_json()["steps"] == []
    assert "`steps`" in steps


def test_every_documented_filter_word_is_understood() -> None:
    words = re.findall(r"`([^`]+)`", DOCUMENT.split("**FILTER**")[1].split("* **DURATION**")[0])
    assert len(words) >= 14
    for word in words:
        if word not in ("OR", "NOT"):
            parse_filter(word)


def test_every_key_of_the_filter_language_is_documented_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*?)\|", FILTER_LANGUAGE, re.MULTILINE)
    assert [key for key, _ in rows] == [field.key for field in FIELDS]
    assert [tuple(re.findall(r"`(\w+)`", also)) for _, also in rows] == [field.aliases for field in FIELDS]
    order = FILTER_LANGUAGE.split("## Order")[1].split("## ")[0]
    assert all(f"`{field.key}`" in order for field in FIELDS if field.sorts)


def test_every_documented_filter_is_understood() -> None:
    examples = re.findall(r"^    (\S.*?)   ", FILTER_LANGUAGE.split("## Grammar")[0], re.MULTILINE)
    assert len(examples) >= 6
    for example in [*examples, *re.findall(r'list\("(.*?)"', FILTER_LANGUAGE)]:
        parse_filter(example)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lst"], "No such command 'lst'. Did you mean 'list'? (see `jobboy --help`)"),
        (["list", "--nope"], "No such option: --nope (see `jobboy list --help`)"),
        (["start"], "Missing argument 'CODE' (see `jobboy start --help`)"),
        (["list", "--limit", "0"], "(see `jobboy list --help`)"),
        (["list", "--version"], "write --version before the verb"),
        (["start", "x", "-p", "{"], "parameters: is not JSON"),
        (["start", "x", "-p", "[]"], "parameters: must be a JSON object"),
        (["start", "x", "--delay", "10"], "--delay: must be a duration"),
        (["start", "x", "--priority", "high"], "'--priority'"),
        (["execute", "x", "--timeout", "soon"], "--timeout: must be a duration"),
        (["proceed", "x", "--data", "@/nowhere"], "data: cannot be read from '/nowhere'"),
        (["prune", "--older-than", "90"], "--older-than: must be a duration"),
        (["export", "--columns", "id,nope"], "columns: has no 'nope'; there are id, code"),
        (["export", "--format", "xml"], "format: must be csv or jsonl, not 'xml'"),
        (["export", "failed", "--bundle", "3f9a"], "--bundle: is about one process: leave out the filter"),
        (["history", "x", "-n", "9" * 20], "'--lines'"),
        (["tail", "x", "--after", "9" * 20], "'--after'"),
        (["list", "--app", "../shop:jobs"], "app: must be MODULE:OBJECT"),
        (["work"], "--app: is needed to work; name your app with --app MODULE:OBJECT or $JOBBOY_APP"),
        (["recover"], "ID: is missing"),
        (["schedules", "pause"], "Missing argument 'NAME' (see `jobboy schedules pause --help`)"),
        (["schedules", "stop"], "No such command 'stop'"),
        (["schedules", "add", "x", "y", "--every", "10"], "--every: must be a duration"),
        (["schedules", "show", "x", "--count", "0"], "(see `jobboy schedules show --help`)"),
    ],
)
def test_wrong_usage_is_told_in_one_line_and_ends_with_2(
    arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOBBOY_APP", raising=False)
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("jobboy: ")
    assert result.stderr.count("\n") == 1
    assert says in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--database", "sqlite:///{}/after.db"],
        ["list", "--database=sqlite:///{}/after.db", "--json"],
        ["--database", "sqlite:///{}/before.db", "list", "--database", "sqlite:///{}/after.db"],
        ["schedules", "list", "--database", "sqlite:///{}/after.db"],
    ],
)
def test_the_database_may_be_named_after_the_verb_too_and_counts_more_there(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBBOY_DATABASE_URL", f"sqlite:///{tmp_path}/variable.db")
    result = call(*(argument.format(tmp_path) for argument in arguments))
    assert result.exit_code == 3
    assert result.stderr.startswith(f"jobboy: {tmp_path}/after.db is not there (named by --database)")


def test_the_app_may_be_named_after_the_verb_too() -> None:
    result = call("work", "--app", "nowhere:jobs")
    assert "nowhere" in result.stderr


def test_without_a_verb_the_help_is_printed_and_the_usage_is_wrong() -> None:
    result = call()
    assert result.exit_code == 2
    assert result.stdout.startswith("Usage: jobboy")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["failed cod:import"],
            ["jobboy: filter: the key 'cod' is not known; did you mean code? (put it in quotes to look for the text)"
             " (at character 8)", "  failed cod:import", "         ^^^"],
        ),
        (
            ["error:好", "--filter", "attempt>many"],
            ["jobboy: filter: expected a number, as in attempt>=3 (at character 17)",
             "  error:好 attempt>many", "                   ^^^^"],
        ),
        (
            ["x" * 30 + " faild " + "y" * 80],
            ["jobboy: filter: the word 'faild' is not known; did you mean failed? "
             "(put it in quotes to look for the text) (at character 32)",
             "  " + "x" * 30 + " faild " + "y" * 35 + "…", "  " + " " * 31 + "^^^^^"],
        ),
        (
            ["y" * 80, "faild"],
            ["jobboy: filter: the word 'faild' is not known; did you mean failed? "
             "(put it in quotes to look for the text) (at character 82)",
             "  …" + "y" * 47 + " faild", "   " + " " * 48 + "^^^^^"],
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_filter_is_shown_with_a_caret_under_it(arguments: list[str], told: list[str]) -> None:
    result = call("list", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == told


def test_text_in_an_error_cannot_act() -> None:
    result = call("list", "paused\x1b[2J\n code:(")
    assert "\x1b" not in result.stderr
    assert result.stderr.count("\n") == 3


def test_the_version_is_printed() -> None:
    assert re.fullmatch(r"jobboy \d+\.\d+\.\d+\n", call("--version").stdout)


@pytest.mark.parametrize("arguments", [["--help"], ["list", "--help"], ["--version"], ["list", "faild"]])
def test_what_needs_no_database_loads_none(arguments: list[str]) -> None:
    heavy = {"sqlalchemy", "alembic", "apscheduler", "textual", "rich"}
    code = (
        "import json, sys; from jobboy.cli import main; main(sys.argv[1:]); "
        f"print(json.dumps(sorted(sys.modules.keys() & {heavy})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
