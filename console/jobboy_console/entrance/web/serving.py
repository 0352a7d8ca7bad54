"""Serves the console through textual-serve, which starts one console for each page that is open."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import secrets
import shlex
import socket
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobboy import JobBoyError
from jobboy_console.entrance.connecting import complain, load_jobs, look_only, shown_name, told
from jobboy_console.entrance.web.entrance import Entrance
from jobboy_console.gateway import FilterError, check_filter
from jobboy_console.looks.text import safe_text

HOST = "127.0.0.1"
"""The only address that is ever listened on: whoever reaches the page reads the database."""
TEMPLATES = Path(__file__).parent / "templates"
SCRIPT = Path(__file__).parent / "page.js"
MISSING = "--serve needs the extra web: pip install 'jobboy-console[web]'"


def serve(options: Namespace) -> int:
    """Serve until interrupted; returns 0, or the exit code of what went wrong."""
    if importlib.util.find_spec("textual_serve") is None:
        return complain(MISSING, 1)
    try:
        check_filter(options.filter)
        with _database(options) as database, _listening(options.serve) as listener:
            _run(options, database, listener)
    except (FilterError, JobBoyError) as error:
        return complain(*told(error))
    except OSError as error:
        return complain(f"port {options.serve} of {HOST} cannot be listened on: {error.strerror}", 1)
    return 0


def console_command(options: Namespace, database: str) -> str:
    """Return the shell command of one console: it only looks unless ``--write`` is given, and has no worker.

    Profile and configuration are named again, so that their guardrails hold in the browser too.
    """
    command = [sys.executable, "-m", "jobboy_console", "--worker", "none"]
    profile = options.profile
    if profile is not None:
        command += ["--profile", profile.name]
    if profile is None or not profile.database:
        command += ["--database", database]
    for name in ("app", "config", "theme"):
        if getattr(options, name):
            command += [f"--{name}", getattr(options, name)]
    command += ["--ascii"] if options.ascii else []
    if options.filter:
        command += ["--filter", options.filter]
    if not options.write:
        command.append("--read-only")
    return shlex.join(command)


@contextlib.contextmanager
def _database(options: Namespace) -> Iterator[str]:
    """Name the database that all pages look at; the demo runs once for all of them."""
    if options.demo:
        from jobboy.demo import open_demo

        with open_demo(options.database, worker=True) as demo:
            yield demo.database
        return
    jobs = load_jobs(options)
    look_only(options, jobs)
    yield jobs.database


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        yield listener


def _run(options: Namespace, database: str, listener: socket.socket) -> None:
    web: Any = importlib.import_module("aiohttp.web")
    port = listener.getsockname()[1]
    entrance = Entrance(HOST, port, token=secrets.token_urlsafe(24))
    application = _application(web, entrance, console_command(options, database))
    what = "and may change things" if options.write else "read-only; --write lets it change things"
    _say(f"{safe_text(shown_name(database), limit=200)} in a browser on this machine, {what}; ctrl+c ends it")
    _say(f"  {entrance.address}")
    web.run_app(application, sock=listener, print=None, access_log=None)


async def _application(web: Any, entrance: Entrance, command: str) -> Any:
    """Return textual-serve's own application with the entrance before it."""
    served: Any = importlib.import_module("textual_serve.server")
    server = served.Server(
        command,
        host=entrance.host,
        port=entrance.port,
        title="jobboy",
        public_url=entrance.origin,
        templates_path=TEMPLATES,
    )
    server.console.quiet = True
    application = await server._make_app()
    application.middlewares.append(entrance.middleware(web))
    application.router.add_get("/page.js", _page_script(web))
    return application


def _page_script(web: Any) -> Any:
    async def answer(request: Any) -> Any:
        return web.Response(text=SCRIPT.read_text(encoding="utf-8"), content_type="text/javascript")

    return answer


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
