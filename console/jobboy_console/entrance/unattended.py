"""The options that do without a terminal: ``--check``, ``--snapshot`` and ``--serve``; imports nothing heavy."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

SIZE = re.compile(r"([0-9]{2,3})x([0-9]{1,3})")
USUAL_SIZE = (120, 36)
USUAL_PORT = 8000


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to the console's."""
    group = parser.add_argument_group("without a terminal")
    only = group.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="print one line for monitoring; exit code 0, 1 or 3")
    only.add_argument(
        "--snapshot",
        metavar="WxH",
        nargs="?",
        const=USUAL_SIZE,
        type=_size,
        help="print what the screen would show now, 120x36 cells unless said; nothing is changed",
    )
    only.add_argument(
        "--serve",
        metavar="PORT",
        nargs="?",
        const=USUAL_PORT,
        type=_port,
        help="show the console in browsers of this machine, read-only; port 8000 unless said, 0 for any free one",
    )
    group.add_argument("--json", action="store_true", help="with --check: print one JSON object")
    group.add_argument(
        "--output", metavar="FILE", help="with --snapshot: a file of text, or a picture when it ends in .svg"
    )
    group.add_argument("--write", action="store_true", help="with --serve: let the browser change things too")


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse options that have nothing to belong to; exits with 2."""
    for option, needs in (("json", "check"), ("output", "snapshot"), ("write", "serve")):
        if getattr(options, option) and getattr(options, needs) in (None, False):
            parser.error(f"--{option} goes with --{needs} only")
    if options.write and options.read_only:
        parser.error("--write and --read-only contradict each other")
    if options.demo and (options.check or options.snapshot):
        parser.error("--demo needs a terminal or --serve")
    if options.check or options.snapshot is not None:
        options.worker = "none"


def chosen(options: argparse.Namespace) -> Callable[[argparse.Namespace], int] | None:
    """Return what is to be run instead of the screen, None when that is what is wanted."""
    if options.check:
        from jobboy_console.entrance.headless import check as run
    elif options.snapshot is not None:
        from jobboy_console.entrance.still import snapshot as run
    elif options.serve is not None:
        from jobboy_console.entrance.web import serve as run
    else:
        return None
    return run


def _size(text: str) -> tuple[int, int]:
    found = SIZE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be columns and lines such as 80x24, not {text[:20]!r}")
    return int(found[1]), int(found[2])


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"must be a port from 0 to 65535, not {text[:20]!r}")
    return int(text)
