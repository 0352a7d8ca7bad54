"""A still of the console: what its screen would show now, as plain text or as a picture."""

from __future__ import annotations

import contextlib
import sys
from argparse import Namespace
from collections.abc import Iterator

from textual.pilot import Pilot

from jobboy import JobBoyError
from jobboy.errors import InvalidValue
from jobboy.operations.whole_file import whole_file
from jobboy.system import user
from jobboy_console.app import ConsoleApp
from jobboy_console.entrance.connecting import complain, load_jobs, look_only, told
from jobboy_console.gateway import FilterError, Gateway, check_filter
from jobboy_console.widgets.preview_pane import PreviewPane

PICTURE = ".svg"
_LOOK_EVERY_S = 0.01


def snapshot(options: Namespace) -> int:
    """Write what the screen would show now; returns 0, or the exit code of what went wrong."""
    try:
        check_filter(options.filter)
        with _gateway(options) as gateway:
            text = take(gateway, options.snapshot, filter=options.filter, picture=_wants_picture(options.output))
        _write(options.output, text)
    except (FilterError, JobBoyError) as error:
        return complain(*told(error))
    return 0


def take(gateway: Gateway, size: tuple[int, int], *, filter: str = "", picture: bool = False) -> str:
    """Return what the console shows of a database, once everything is read.

    Args:
        gateway: the way to the database; nothing is changed.
        size: cells across and down.
        filter: with which the list begins.
        picture: return an SVG document instead of lines of text.

    Raises:
        JobBoyError: the database cannot be read.
    """
    taken: list[str] = []

    async def look(pilot: Pilot[object]) -> None:
        await _settle(pilot)
        taken.append(pilot.app.export_screenshot() if picture else _text(pilot))
        pilot.app.exit()

    app = ConsoleApp(gateway, filter=filter, watches=False)
    gateway.home()  # what cannot be read is an error here, not a picture of one
    app.run(headless=True, size=size, auto_pilot=look)
    return taken[0] if taken else ""


async def _settle(pilot: Pilot[object]) -> None:
    """Wait until nothing is read any more and everything is drawn."""
    await pilot.pause()
    while _is_reading(pilot):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause(_LOOK_EVERY_S)


def _is_reading(pilot: Pilot[object]) -> bool:
    previews = pilot.app.screen.query(PreviewPane)  # read only when the cursor has rested for a moment
    return any(not worker.is_finished for worker in pilot.app.workers) or any(one.is_waiting for one in previews)


def _text(pilot: Pilot[object]) -> str:
    lines = pilot.app.screen._compositor.render_strips()
    return "".join("".join(segment.text for segment in line).rstrip() + "\n" for line in lines)


@contextlib.contextmanager
def _gateway(options: Namespace) -> Iterator[Gateway]:
    jobs = load_jobs(options)
    with contextlib.closing(jobs):
        look_only(options, jobs)
        yield Gateway(jobs.operations(actor=f"operator:{user()}"), read_only=True)


def _wants_picture(output: str | None) -> bool:
    return output is not None and output.lower().endswith(PICTURE)


def _write(output: str | None, text: str) -> None:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    if not text:
        raise InvalidValue("snapshot", "shows nothing")
    with whole_file(output, overwrite=True) as file:
        file.write(text.encode())
