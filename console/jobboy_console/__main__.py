"""`jobboy-console`: reads its options before anything heavy is imported."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from jobboy_console.config import VARIABLE, Config, Profile, find_file, read_config
from jobboy_console.entrance import unattended
from jobboy_console.machine import collecting

EXAMPLES = """examples:
  jobboy-console --demo                          look around in a living demo
  jobboy-console --database sqlite:///jobs.db    watch and operate a database; work is done elsewhere
  jobboy-console --app imports:jobs              the same, and do the work too, in a process of its own
  jobboy-console --filter 'failed code:import'   begin with a filter
  jobboy-console --read-only                     look, change nothing
  jobboy-console --profile prod                  with the settings of [profiles.prod] in the configuration
  jobboy-console --check --filter 'age<1d'       one line for monitoring
  jobboy-console --snapshot 80x24                what the screen would show now
  jobboy-console --serve                         the same console in a browser on this machine

Lower case keys look, UPPER CASE keys change and always ask. ? shows all keys.
Exit codes: 0 ended, 2 wrong usage, 3 the database is not reachable; of --check: 0 well, 1 somebody is needed."""
_ENVIRONMENT = ("JOBBOY_DATABASE_URL", "JOBBOY_APP")

FRAMES_PER_SECOND = "500"
"""How often the screen may be drawn: Textual's 60 let a key wait for up to 17 ms before anything is drawn."""


class Options(argparse.ArgumentParser):
    """Reads the options; what is wrong with them is told in one line."""

    def error(self, message: str) -> NoReturn:
        """Write the message to standard error and exit with 2."""
        from jobboy_console.looks.text import safe_text  # few calls are wrong

        self.exit(2, f"{self.prog}: {safe_text(message, limit=1000)} (see `{self.prog} --help`)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the console and return its exit code; wrong usage exits with 2."""
    parser = make_parser()
    options = parser.parse_args(argv)
    config, problems = read_config(find_file(options.config))
    if not problems and not options.check_config:
        take_profile(parser, options, config)
        check(parser, options)
        without_screen = unattended.chosen(options)
        if without_screen is not None:
            return without_screen(options)
    collecting.put_off()
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_PER_SECOND)  # read by Textual when it is loaded, just below
    from jobboy_console.entrance.session import report_config, run

    return report_config(config, problems) if problems or options.check_config else run(options, config)


def make_parser() -> argparse.ArgumentParser:
    """Return the reader of the options."""
    parser = Options(
        prog="jobboy-console",
        description="See every process of a jobboy database, understand what went wrong, and put it right.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--database", metavar="URL", help="default: $JOBBOY_DATABASE_URL, the app's own, or sqlite:///jobboy.db")
    add("--app", metavar="MODULE:OBJECT", help="the JobBoy whose work the embedded worker does; default: $JOBBOY_APP")
    add("--filter", metavar="FILTER", default="", help="begin with this filter, such as 'failed code:import'")
    add("--read-only", action="store_true", help="refuse everything that changes something")
    add(
        "--worker",
        choices=("process", "thread", "none"),
        help="where the embedded worker works; default: process when an app is given, else none",
    )
    add("--demo", action="store_true", help="run on a demo that keeps going, in a temporary database unless named")
    add("--profile", metavar="NAME", help="a profile of the configuration: database, app, colours and protection")
    add("--config", metavar="FILE", help=f"read this configuration; default: ${VARIABLE}, or config.toml of your own")
    add("--check-config", action="store_true", help="say what is wrong with the configuration, and end: 0 or 2")
    add(
        "--theme",
        metavar="NAME",
        help="dark, light, colour-blind, ansi (the terminal's 16 colours), or one of Textual's",
    )
    add("--ascii", action="store_true", help="draw ASCII only; by itself where the locale is not UTF-8")
    add("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    unattended.add_options(parser)
    add("--version", action="version", version=_version())
    return parser


def take_profile(parser: argparse.ArgumentParser, options: argparse.Namespace, config: Config) -> None:
    """Fill in what the profile says, and keep it as ``options.profile``; an unknown one exits with 2.

    What is given on the command line counts, then the profile, then the environment. The default profile is taken
    only where nothing else says what is meant: its name and colour must never stand over another database.
    """
    name = options.profile
    elsewhere = (options.demo, options.database, options.app, *map(os.environ.get, _ENVIRONMENT))
    if name is None and not any(elsewhere):
        name = config.default_profile
    if name is None:
        return
    if name not in config.profiles:
        known = ", ".join(config.profiles) or "none"
        parser.error(f"--profile {name}: there is no [profiles.{name}]; known: {known}")
    profile = config.profiles[name]
    if options.demo:
        parser.error("--demo is a place of its own: leave out --profile")
    if options.database and profile.database:
        parser.error(f"--profile {name} names its database: leave out --database")
    _fill(options, profile)


def _fill(options: argparse.Namespace, profile: Profile) -> None:
    options.profile = profile
    options.database = options.database or profile.database
    options.app = options.app or profile.app
    options.worker = options.worker or ("none" if options.read_only else profile.worker)
    options.read_only = options.read_only or profile.read_only
    options.filter = options.filter or profile.filter


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Fill in what the environment says, and refuse what contradicts itself; exits with 2."""
    if not options.demo:
        options.app = options.app or os.environ.get("JOBBOY_APP")
        options.database = options.database or os.environ.get("JOBBOY_DATABASE_URL")
    elif options.app:
        parser.error("--demo brings its own app: leave out --app")
    if options.read_only and options.worker in ("process", "thread"):
        parser.error("a worker changes processes: --read-only goes with --worker none only")
    if options.worker in ("process", "thread") and not options.app and not options.demo:
        parser.error(f"--worker {options.worker} needs an app: add --app MODULE:OBJECT")
    if options.worker is None:
        works = (options.app or options.demo) and not options.read_only
        options.worker = "process" if works else "none"
    unattended.check(parser, options)


def _version() -> str:
    from importlib.metadata import version

    return f"jobboy-console {version('jobboy-console')}"


if __name__ == "__main__":
    sys.exit(main())
