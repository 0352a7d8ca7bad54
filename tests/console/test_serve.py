"""`--serve`: who may come in, and the console in a real browser."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobboy import HandledProcess, JobBoy
from jobboy_console import __main__
from jobboy_console.config import read_config
from jobboy_console.entrance import web
from jobboy_console.entrance.web import serving
from jobboy_console.entrance.web.entrance import Entrance
from tests.console import browser

HAS_EXTRA = importlib.util.find_spec("textual_serve") is not None
HERE = {"Host": "127.0.0.1:8000"}
needs_extra = pytest.mark.skipif(not HAS_EXTRA, reason="the extra web is not installed")
needs_browser = pytest.mark.skipif(browser.program() is None, reason="no Chromium is installed")


@pytest.fixture
def entrance() -> Entrance:
    return Entrance("127.0.0.1", 8000, token="t0ken")


def test_who_has_the_address_or_the_cookie_may_come_in(entrance: Entrance) -> None:
    assert entrance.address == "http://127.0.0.1:8000/?token=t0ken"
    assert entrance.refusal(HERE, {}, "t0ken") is None
    assert entrance.refusal(HERE | {"Origin": "http://127.0.0.1:8000"}, {"jobboy_8000": "t0ken"}, None) is None


@pytest.mark.parametrize("host", ["evil.example:8000", "localhost:8000", "127.0.0.1", "127.0.0.1:8001", "", None])
def test_another_name_for_this_machine_is_refused_even_with_the_token(entrance: Entrance, host: str | None) -> None:
    headers = {} if host is None else {"Host": host}
    assert "answers to http://127.0.0.1:8000 only" in str(entrance.refusal(headers, {}, "t0ken"))


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1:8000", "http://127.0.0.1:8001", "null", ""]
)
def test_another_site_is_refused_even_with_the_cookie(entrance: Entrance, origin: str) -> None:
    refused = entrance.refusal(HERE | {"Origin": origin}, {"jobboy_8000": "t0ken"}, None)
    assert refused == "another site may not use this console"


@pytest.mark.parametrize(
    ("cookies", "token"), [({}, None), ({"jobboy_8000": "x"}, None), ({"jobboy_8000": "t0ken"}, "x")]
)
def test_nobody_comes_in_without_the_token(entrance: Entrance, cookies: dict[str, str], token: str | None) -> None:
    assert "open the whole address" in str(entrance.refusal(HERE, cookies, token))


def options(*arguments: str) -> Namespace:
    parser = __main__.make_parser()
    found = parser.parse_args(["--serve", *arguments])
    __main__.check(parser, found)
    return found


def test_a_browser_only_looks_unless_it_was_allowed_to_change_things() -> None:
    assert "--read-only" in serving.console_command(options(), "sqlite:///a b.db").split()
    command = serving.console_command(options("--write", "--filter", "code:a b"), "sqlite:///a b.db")
    assert "--read-only" not in command
    assert "--filter 'code:a b'" in command
    assert "--worker none" in command


def test_the_guardrails_of_a_profile_hold_in_the_browser_too(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text('[profiles.prod]\ndatabase = "sqlite:////srv/x.db"\nprotected = true\n')
    parser = __main__.make_parser()
    found = parser.parse_args(["--serve", "--config", str(tmp_path / "c.toml"), "--profile", "prod"])
    config, _ = read_config(tmp_path / "c.toml")
    __main__.take_profile(parser, found, config)
    __main__.check(parser, found)
    command = serving.console_command(found, found.database)
    assert "--profile prod" in command
    assert f"--config {tmp_path}/c.toml" in command
    assert "--database" not in command


def test_without_the_extra_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert web.serve(options()) == 1
    assert capsys.readouterr().err == f"jobboy-console: {serving.MISSING}\n"


def test_its_page_loads_nothing_from_elsewhere() -> None:
    for page in serving.TEMPLATES.iterdir():
        assert not re.search(r"https?:|//[a-z]", page.read_text())


@needs_extra
def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = JobBoy(f"sqlite:///{tmp_path}/jobs.db")
    jobs.operations()
    jobs.close()
    with serving._listening(0) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        assert __main__.main(["--database", jobs.database, "--serve", str(port)]) == 1
    assert f"port {port} of 127.0.0.1 cannot be listened on" in capsys.readouterr().err


@contextmanager
def a_server(folder: Path, *arguments: str) -> Iterator[str]:
    """Serve a database with one failed process, and give the address that is printed."""
    jobs = JobBoy(f"sqlite:///{folder}/jobs.db")

    @jobs.handler("nightly-import", status="starting")
    def fail(process: HandledProcess) -> None:
        raise ValueError("no such table: orders")

    jobs.execute("nightly-import")
    jobs.close()
    command = [sys.executable, "-m", "jobboy_console", "--database", jobs.database, "--serve", "0", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "XDG_STATE_HOME": str(folder / "state")}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stdout is not None
        address = next(line.strip() for line in server.stdout if "token=" in line)
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        rest = server.communicate(timeout=120)[0]
    assert server.returncode == 0
    assert "Traceback" not in rest


@needs_extra
@needs_browser
async def test_the_process_list_is_shown_in_a_browser_and_a_key_that_changes_is_refused(tmp_path: Path) -> None:
    with a_server(tmp_path) as address:
        async with browser.a_page(address, tmp_path / "browser") as page:
            await page.until_shown("READ-ONLY")
            await page.until_shown("nightly-import")
            await page.until_shown("ValueError: no such table: orders")
            before = await page.picture()
            await page.press("T")
            await page.until_shown("read-only")
            assert await page.picture() != before
            assert "token=" not in await page.evaluate("location.href")
            assert "-first-byte" in await page.evaluate("document.body.className")
            here = re.escape(address.partition("/?")[0].removeprefix("http://"))
            assert all(re.match(rf"(http|ws)://{here}/|data:", place) for place in page.requested)
            assert page.refused == []
    jobs = JobBoy(f"sqlite:///{tmp_path}/jobs.db")
    assert len(jobs.list("")) == 1
    jobs.close()
