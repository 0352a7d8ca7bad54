from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from jobboy import HandledProcess, JobBoy
from tests.console.hostile import BIDI, C1, CLIPBOARD, MARKUP, TITLE
from tests.console.terminal import PATIENCE_S, Terminal

APP = """
import os
from jobboy import HandledProcess, JobBoy

jobs = JobBoy()
line = jobs.steps("line")


@line.step()
def first(data):
    print("NOISE ON STDOUT")
    os.write(2, b"NOISE ON DESCRIPTOR 2")
    return {"rows": 3}


@line.step(interrupts=True)
def second(data):
    return {**data, "checked": True}


@line.step()
def third(data):
    return {"done": data["checked"]}
"""


@contextmanager
def a_terminal(folder: Path, *arguments: str, controls: bool = True, **variables: str) -> Iterator[Terminal]:
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(folder)}
    environment |= {"XDG_STATE_HOME": str(folder / "state"), "PYTHONPATH": os.pathsep.join(sys.path)}
    environment |= {"LC_ALL": "C.UTF-8"} | variables
    for name in ("JOBBOY_APP", "JOBBOY_DATABASE_URL", "NO_COLOR", "XDG_CONFIG_HOME"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "jobboy_console", *arguments]
    terminal = Terminal(command, cwd=folder, env=environment, controls=controls)
    try:
        yield terminal
    finally:
        terminal.close()


def a_database(folder: Path) -> tuple[JobBoy, str]:
    url = f"sqlite:///{folder}/jobs.db"
    return JobBoy(url), url


def test_p12_no_byte_of_hostile_data_reaches_the_terminal(tmp_path: Path) -> None:
    jobs, url = a_database(tmp_path)
    hostile = MARKUP + CLIPBOARD + "\x1b[2JCLEARED" + TITLE + C1 + BIDI

    @jobs.handler("hostile", status="starting")
    def begin(process: HandledProcess) -> None:
        process.store["text"] = hostile
        process.reports[hostile] = hostile
        process.run()

    @jobs.handler("hostile", status="running")
    def fail(process: HandledProcess) -> None:
        raise ValueError(hostile)

    jobs.execute("hostile", {"text": hostile, hostile: [hostile]})
    jobs.close()
    with a_terminal(tmp_path, "--database", url) as terminal:
        terminal.wait_for("✗  failed")
        terminal.type("\r")
        terminal.wait_for("1 Store")
        for key, words in {"1": "text", "2": "text", "3": "ValueError", "6": "started", "7": "started"}.items():
            terminal.type(key)
            terminal.wait_for(words)
        terminal.type("q")
        terminal.wait_for("Attention 1")
        terminal.type("T")
        terminal.wait_for("Restart")
        terminal.type("n")
        terminal.wait_for("NOTE")
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0
    for payload in (CLIPBOARD, "\x1b[2JCLEARED", TITLE, "\x9b", "\x9d", "\u202e", "\u2066"):
        assert payload.encode() not in terminal.written
    assert b"[/x][@click=app.quit]x[/]" in terminal.written, "markup is shown as the text it is"


def test_a_paused_process_is_answered_by_keys_and_worked_by_the_embedded_worker(tmp_path: Path) -> None:
    (tmp_path / "imports.py").write_text(APP)
    jobs, url = a_database(tmp_path)
    with a_terminal(tmp_path, "--database", url, "--app", "imports:jobs") as terminal:
        terminal.wait_for("worker: own process · 1 alive")
        process_id = _start(url)
        terminal.wait_for("awaiting proceed")
        terminal.type("P")
        terminal.wait_for('"checked": true')
        terminal.type("\x13")
        terminal.wait_for("Proceed (y)")
        terminal.type("y")
        terminal.wait_for("Attention 0")
        terminal.type("6")
        terminal.wait_for("✓  completed")
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0
    assert b"NOISE" not in terminal.written
    assert dict(jobs.get(process_id).output or {}) == {"done": True}
    assert b"\x1b[?1049l" in terminal.written, "the terminal is given back as it was"
    jobs.close()


EDITOR = """#!/bin/sh
stat -c '%a' "$1" > seen
cat "$1" >> seen
test -t 0 && test -t 1 && test -t 2 && echo terminal >> seen
printf 'EDITING\\n' > /dev/tty
read answer
sed -i "s/\\"checked\\": true/\\"checked\\": \\"$answer\\"/" "$1"
"""


def test_a_pause_is_answered_in_the_operators_own_editor(tmp_path: Path) -> None:
    (tmp_path / "imports.py").write_text(APP)
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    jobs, url = a_database(tmp_path)
    with a_terminal(
        tmp_path, "--database", url, "--app", "imports:jobs", VISUAL=str(editor), TMPDIR=str(tmp_path)
    ) as terminal:
        terminal.wait_for("worker: own process · 1 alive")
        process_id = _start(url)
        terminal.wait_for("awaiting proceed")
        terminal.type("P")
        terminal.wait_for('"checked": true')
        terminal.type("\x05")
        terminal.wait_for("EDITING")
        terminal.type("by hand\n")
        terminal.wait_for("Δ checked  true → ")
        terminal.type("\x13")
        terminal.wait_for("Proceed (y)")
        terminal.type("y")
        terminal.wait_for("Attention 0")
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0
    seen = (tmp_path / "seen").read_text()
    assert seen.startswith("600\n")
    assert seen.endswith("terminal\n")
    assert list(tmp_path.glob("jobboy-answer-*")) == []
    assert dict(jobs.get(process_id).output or {}) == {"done": "by hand"}
    jobs.close()


def _start(url: str) -> str:
    """Start a process from a program that knows the code only by name."""
    jobs = JobBoy(url)
    process_id = jobs.start("line")
    jobs.close()
    return process_id


@pytest.mark.parametrize("way", ["hang up", "hang up unheard", "terminate"])
def test_when_the_terminal_is_closed_everything_is_put_away(tmp_path: Path, way: str) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with a_terminal(tmp_path, "--demo", controls=way != "hang up unheard", TMPDIR=str(temporary)) as terminal:
        terminal.wait_for("own process · 1 alive")
        workers = programs_in(temporary)
        assert workers
        assert list(temporary.glob("jobboy-demo-*"))
        if way != "terminate":
            terminal.hang_up()
            assert terminal.wait_without_terminal() == 128 + signal.SIGHUP
        else:
            terminal.send(signal.SIGTERM)
            assert terminal.wait_for_end() == 128 + signal.SIGTERM
    assert list(temporary.glob("jobboy-demo-*")) == []
    assert not psutil.wait_procs(workers, timeout=PATIENCE_S)[1]
    assert programs_in(temporary) == []


def test_a_signal_while_the_database_is_opened_ends_the_console_too(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with a_terminal(tmp_path, "--demo", TMPDIR=str(temporary)) as terminal:
        terminal.wait_for("opening a demo")
        terminal.send(signal.SIGTERM)
        assert terminal.wait_for_end() == 128 + signal.SIGTERM
    assert list(temporary.glob("jobboy-demo-*")) == []


def test_a_database_that_cannot_be_opened_is_told_below_the_prompt(tmp_path: Path) -> None:
    with a_terminal(tmp_path, "--database", f"sqlite:///{tmp_path}/no/such/folder/x.db") as terminal:
        assert terminal.wait_for_end() == 3
    after = terminal.written.rpartition(b"\x1b[?1049l")[2]
    assert b"jobboy-console: cannot reach the database: " in after
    assert after.count(b"\n") == 1


CONFIGURED = """
[profiles.prod]
accent = "red"
protected = true

[keymap]
"quit" = "f12"

[mouse]
enabled = false

[theme]
name = "ansi"
ascii = true
"""


def test_what_is_configured_reaches_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "console.toml").write_text(CONFIGURED)
    with a_terminal(tmp_path, "--config", "console.toml", "--profile", "prod") as terminal:
        terminal.wait_for("prod   PROTECTED")
        terminal.wait_for("? help")
        terminal.type("\x11")
        terminal.type(":handled\r")
        terminal.wait_for("Attention 0 . handled")
        terminal.type("\x1b[24~")
        assert terminal.wait_for_end() == 0
    assert terminal.written.isascii()
    for sequence in (b"?1000h", b"?1003h", b"38;2;", b"48;2;"):
        assert sequence not in terminal.written


def test_without_utf_8_only_ascii_is_drawn(tmp_path: Path) -> None:
    with a_terminal(tmp_path, LC_ALL="C") as terminal:
        terminal.wait_for("+- Attention 0")
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0
    assert terminal.written.isascii()


def programs_in(folder: Path) -> list[psutil.Process]:
    """Return the programs that work on a database in a folder."""
    found = []
    for program in psutil.process_iter(["environ", "cmdline"]):
        database = (program.info["environ"] or {}).get("JOBBOY_DATABASE_URL", "")
        if str(folder) in database and "work" in (program.info["cmdline"] or []):
            found.append(program)
    return found


def test_a_worker_in_threads_prints_nothing_on_the_screen(tmp_path: Path) -> None:
    (tmp_path / "imports.py").write_text(APP)
    jobs, url = a_database(tmp_path)
    with a_terminal(tmp_path, "--database", url, "--app", "imports:jobs", "--worker", "thread") as terminal:
        terminal.wait_for("worker: threads")
        _start(url)
        terminal.wait_for("awaiting proceed")
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0
    assert b"NOISE" not in terminal.written
    assert "NOISE ON DESCRIPTOR 2" in (tmp_path / "state" / "jobboy-console" / "console.log").read_text()
    jobs.close()
