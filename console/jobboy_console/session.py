"""Opens what the console runs on, runs it, and closes everything; the only place that knows the public facade."""

from __future__ import annotations

import contextlib
import os
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from jobboy import JobBoy, JobBoyError, load_app
from jobboy.errors import InvalidValue, StorageError
from jobboy.system import user
from jobboy_console.embedded import Embedded, NoWorker, ProcessWorker, ThreadWorker
from jobboy_console.gateway import FilterError, Gateway, check_filter
from jobboy_console.screen_guard import guarded, log_folder
from jobboy_console.text import safe_text

if TYPE_CHECKING:
    from jobboy_console.app import ConsoleApp

USAGE, UNREACHABLE = 2, 3


def run(options: Namespace) -> int:
    """Open, run until the operator quits, close; returns the exit code."""
    with contextlib.ExitStack() as closing:
        try:
            check_filter(options.filter)
            app = _open(options, closing)
        except FilterError as error:
            return _complain(f"--filter: {error} (at character {error.position + 1})", USAGE)
        except InvalidValue as error:
            return _complain(str(error), USAGE)
        except StorageError as error:
            return _complain(f"cannot reach the database: {error}", UNREACHABLE)
        except JobBoyError as error:
            return _complain(str(error), 1)
        log = log_folder() / "console.log"
        with guarded(log):
            app.run(mouse=not options.no_mouse)
        return _complain(f"the console ended by an error of its own, see {log}", 1) if app.return_code else 0


def _open(options: Namespace, closing: contextlib.ExitStack) -> ConsoleApp:
    if options.demo:
        from jobboy.demo import open_demo

        demo = closing.enter_context(open_demo(options.database, worker=options.worker == "none"))
        options.database, options.app = demo.database, demo.app
    jobs = load_app(options.app) if options.app else JobBoy()
    if options.database:
        jobs.database = options.database
    operations = jobs.operations(actor=f"operator:{user()}")
    operations.overview()
    gateway = Gateway(operations, read_only=options.read_only)
    from jobboy_console.app import ConsoleApp

    closing.callback(jobs.close)
    worker = _worker(options, jobs)
    closing.callback(worker.stop)
    return ConsoleApp(gateway, worker=worker, filter=options.filter)


def _worker(options: Namespace, jobs: JobBoy) -> Embedded:
    if options.worker == "process":
        log: Path = log_folder() / f"worker-{os.getpid()}.log"
        return ProcessWorker(jobs.database, options.app, log)
    return ThreadWorker(jobs.worker()) if options.worker == "thread" else NoWorker()


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"jobboy-console: {safe_text(text, limit=1000)}\n")
    return code
