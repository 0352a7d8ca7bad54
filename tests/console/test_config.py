from __future__ import annotations

from argparse import Namespace
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from jobboy import JobBoy
from jobboy_console.__main__ import check, main, make_parser, take_profile
from jobboy_console.config import VARIABLE, Config, Profile, SavedView, default_file, find_file, read_config
from jobboy_console.entrance.session import open_ground
from jobboy_console.facts.acts import Act
from jobboy_console.gateway import guardrails_of

FULL = """
default_profile = "prod"

[profiles.prod]
database = "sqlite:////var/lib/jobs/nightly.db"
app = "imports:jobs"
worker = "none"
read_only = true
protected = true
theme = "light"
accent = "red"
filter = "failed"

[[views]]
name = "Nightly"
filter = "code:nightly-* age<1d"
sort = "-updated"
columns = ["code", "age", "store.rows"]

[keymap]
"list.filter" = "slash,f9"

[[guardrails]]
action = "deny"
profiles = ["prod"]
verbs = ["kill"]
reason = "call the night shift first"

[mouse]
enabled = false

[theme]
name = "dark"
ascii = true
"""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JOBBOY_APP", "JOBBOY_DATABASE_URL", VARIABLE):
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def read(folder: Path, text: str) -> tuple[Config, list[str]]:
    """Read a file; its name is taken off what is said of it."""
    file = written(folder, text)
    config, problems = read_config(file)
    return config, [problem.removeprefix(f"{file}: ") for problem in problems]


def test_everything_that_can_be_said_is_read(tmp_path: Path) -> None:
    config, problems = read(tmp_path, FULL)
    assert problems == []
    assert config.warnings == ()
    assert config.profiles["prod"] == Profile(
        name="prod",
        database="sqlite:////var/lib/jobs/nightly.db",
        app="imports:jobs",
        worker="none",
        read_only=True,
        protected=True,
        theme="light",
        accent="red",
        filter="failed",
    )
    assert config.views == (SavedView("Nightly", "code:nightly-* age<1d", "-updated", ("code", "age", "store.rows")),)
    assert config.keymap == {"list.filter": "slash,f9"}
    assert config.guardrails[0]["verbs"] == ["kill"]
    assert (config.default_profile, config.mouse, config.theme, config.ascii) == ("prod", False, "dark", True)


def test_without_a_file_everything_is_as_usual() -> None:
    assert read_config(None) == (Config(), [])


def test_everything_that_is_wrong_is_said_at_once_with_its_path_and_rule(tmp_path: Path) -> None:
    _, problems = read(
        tmp_path,
        """
        default_profile = "prd"
        [profiles.prod]
        read_only = "yes"
        worker = "threads"
        filter = 3
        [profiles.look]
        read_only = true
        worker = "process"
        [[views]]
        filter = "failed"
        [[views]]
        name = "A"
        columns = "code"
        [[views]]
        name = "a"
        [mouse]
        enabled = 1
        """,
    )
    assert problems == [
        "profiles.prod.worker: must be one of process, thread, none, not 'threads'",
        "profiles.prod.read_only: must be true or false, not text",
        "profiles.prod.filter: must be text, not a number",
        "profiles.look.worker: a worker changes processes: with read_only = true it must be 'none'",
        "default_profile: there is no [profiles.prd]",
        "views[1].name: is missing",
        "views[2].columns: must be a list, not text",
        "views[3].name: there is another view 'a'",
        "mouse.enabled: must be true or false, not a number",
    ]


def test_a_mistake_in_the_toml_is_told_with_its_line(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "[theme]\nname = dark\n")
    assert problems == ["Invalid value (at line 2, column 8)"]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("[theme]\nnmae = 'dark'", "theme.nmae: is not known; did you mean name?"),
        ("[colours]\nfore = 'red'", "colours: is not known; known are default_profile, profiles, views, keymap"),
        ("[profiles.prod]\nreadonly = true", "profiles.prod.readonly: is not known; did you mean read_only?"),
    ],
)
def test_an_unknown_key_is_a_warning_with_the_nearest_name(tmp_path: Path, text: str, warning: str) -> None:
    config, problems = read(tmp_path, text)
    assert problems == []
    assert warning in config.warnings[0]


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.toml"
    assert read_config(missing)[1] == [f"{missing}: cannot be read: No such file or directory"]
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"x = '\xff'")
    assert read_config(binary)[1] == [f"{binary}: must be UTF-8, and is not at byte 5"]


def test_a_named_file_goes_before_the_environment_and_that_before_the_usual_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_file(None) is None
    usual = default_file()
    usual.parent.mkdir(parents=True, exist_ok=True)
    usual.write_text("")
    assert find_file(None) == usual
    monkeypatch.setenv(VARIABLE, "from-environment.toml")
    assert find_file(None) == Path("from-environment.toml")
    assert find_file("named.toml") == Path("named.toml")


def taken(config: Config, *argv: str) -> Namespace:
    parser = make_parser()
    options = parser.parse_args(argv)
    take_profile(parser, options, config)
    check(parser, options)
    return options


def test_a_profile_fills_in_what_the_command_line_leaves_open(tmp_path: Path) -> None:
    config, _ = read(tmp_path, FULL)
    found = taken(config, "--profile", "prod", "--filter", "paused")
    assert found.database == "sqlite:////var/lib/jobs/nightly.db"
    assert (found.read_only, found.worker, found.filter) == (True, "none", "paused")
    assert found.profile == config.profiles["prod"]


def test_read_only_on_the_command_line_leaves_out_the_worker_of_the_profile() -> None:
    config = Config(profiles={"dev": Profile(name="dev", app="a:b", worker="thread")})
    assert taken(config, "--profile", "dev").worker == "thread"
    assert taken(config, "--profile", "dev", "--read-only").worker == "none"


def test_the_default_profile_never_stands_over_another_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, _ = read(tmp_path, FULL)
    assert taken(config).profile == config.profiles["prod"]
    assert taken(config, "--database", "sqlite:///x.db").profile is None
    assert taken(config, "--demo").profile is None
    monkeypatch.setenv("JOBBOY_DATABASE_URL", "sqlite:///x.db")
    assert taken(config).profile is None


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--profile", "prd"], "there is no [profiles.prd]; known: prod"),
        (["--profile", "prod", "--database", "x"], "--profile prod names its database"),
        (["--profile", "prod", "--demo"], "leave out --profile"),
    ],
)
def test_a_profile_that_contradicts_the_command_line_exits_with_2(
    tmp_path: Path, argv: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(written(tmp_path, FULL)), *argv])
    assert ended.value.code == 2
    assert why in capsys.readouterr().err


def test_check_config_says_everything_and_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "thme = 1\ndefault_profile = 3\n[[views]]\nname = 'A'\nfilter = 'faild'\n")
    assert main(["--config", str(file), "--check-config"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[0] == f"jobboy-console: {file}: default_profile: must be text, not a number"
    assert told[1].startswith(f"jobboy-console: {file}: views[1].filter: the word 'faild' is not known")
    assert told[2].startswith(f"jobboy-console: warning: {file}: thme: is not known; did you mean theme?")


def test_check_config_of_a_good_file_exits_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, FULL)
    assert main(["--config", str(file), "--check-config"]) == 0
    assert capsys.readouterr().out == f"{file}: good\n"


def test_a_wrong_configuration_keeps_the_console_from_starting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "[[views]]\nname = 'A'\nfilter = '('\n")
    assert main(["--config", str(file)]) == 2
    assert "views[1].filter: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[guardrails]]\naction='deny'\n[[guardrails]]\naction='dney'", "guardrails[2].action: must be one of deny"),
        ("[[guardrails]]\naction='deny'\nlimit=3", "guardrails[1].limit: goes with action"),
        ("[keymap]\nhelp = 'j'\n'list.fliter' = 'f9'", "keymap.list.fliter: there is no such command"),
        ("[keymap]\n'list.filter' = 'h'", "keymap.list.filter: h is the key of list.handled too"),
        ("[theme]\nname = 'drak'", "theme.name: there is no theme 'drak'"),
        ("[[views]]\nname='A'\nsort='-updatd'", "views[1].sort: "),
        ("[[views]]\nname='A'\ncolumns=['cod']", "views[1].columns: there is no column 'cod'; did you mean code?"),
        ("[[views]]\nname='A'\ncolumns=['store.']", "views[1].columns: there is no column 'store.'"),
        ("[profiles.p]\naccent = 'rde'", "profiles.p.accent: there is no colour 'rde'"),
        ("[profiles.p]\nfilter = 'faild'", "profiles.p.filter: the word 'faild' is not known"),
    ],
)
def test_what_more_than_the_file_decides_is_judged_too(
    tmp_path: Path, text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, text)
    assert main(["--config", str(file), "--check-config"]) == 2
    assert f"jobboy-console: {file}: {told}" in capsys.readouterr().err


def test_guardrails_of_a_profile_hold_in_it_alone(tmp_path: Path) -> None:
    config, _ = read(tmp_path, FULL)
    assert [rail.reason for rail in guardrails_of(config.guardrails, "prod")] == ["call the night shift first"]
    assert guardrails_of(config.guardrails, "") == ()


def test_a_theme_that_is_not_there_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--theme", "drak"]) == 2
    assert "--theme: there is no theme 'drak'; there are dark, light" in capsys.readouterr().err


def test_what_a_profile_holds_back_holds_below_every_screen(tmp_path: Path) -> None:
    profile = Profile(name="prod", database=f"sqlite:///{tmp_path}/jobs.db", protected=True)
    rail = {"action": "deny", "verbs": ["kill"], "profiles": ["prod"], "reason": "ask the night shift"}
    config = Config(profiles={"prod": profile}, guardrails=(rail,))
    with closing(JobBoy(profile.database)) as jobs, ExitStack() as stack:
        jobs.steps("import").step()(len)
        process_id = jobs.start("import")
        ground = open_ground(taken(config, "--profile", "prod"), config, jobs, stack)
        assert ground.gateway.protected == "prod"
        (item,) = ground.gateway.verbs.plan(Act.KILL, [process_id]).items
        assert item.allowed is False
        assert "ask the night shift" in (item.why_not or "")
        assert ground.gateway.verbs.plan(Act.FAIL, [process_id]).protected == "prod"
