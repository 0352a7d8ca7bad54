"""What the global options of one call say, and how the database they name is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from jobboy.errors import InvalidValue

if TYPE_CHECKING:
    from jobboy.app import JobBoy
    from jobboy.operations import Operations


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """The global options of one call.

    Nothing is imported or opened before a verb asks for it, so that help and completion stay quick.
    """

    database: str | None
    """URL; None for the app's own, or the default."""
    app: str | None
    """``MODULE:OBJECT``; None when the verbs work without definitions."""
    json: bool
    """Print JSON instead of text for people."""
    plain: bool = False
    """Print a list for scripts that read lines and fields."""
    named_by: str | None = None
    """What names the database, in words; None when nothing does."""

    @classmethod
    def of(cls, context: typer.Context, as_json: bool = False, as_plain: bool = False) -> Invocation:
        """Read the options that stand before the verb, and ``--json`` and ``--plain`` from after it.

        Raises:
            InvalidValue: both are asked for.
        """
        options = context.find_root().params
        if as_plain and (as_json or options.get("as_json")):
            raise InvalidValue("--plain", "cannot be used with --json: choose one")
        return cls(
            database=options.get("database") or None,
            app=options.get("app") or None,  # an empty variable names none
            json=bool(as_json or options.get("as_json")),
            plain=as_plain,
            named_by=_named_by(context) if options.get("database") else None,
        )

    @contextmanager
    def jobs(self, *, definitions: bool = True) -> Iterator[JobBoy]:
        """Open the app, or a bare one on the database; closed on the way out.

        Args:
            definitions: False for verbs that only look: the app is then only imported to learn its database, and an
                operator who names the database is not stopped by code that cannot be imported. Verbs that change
                something need it for its guardrails at least.

        Raises:
            InvalidValue: the app cannot be imported, or the URL is none.
        """
        jobs = self._load(definitions)
        try:
            yield jobs
        finally:
            jobs.close()

    @contextmanager
    def operations(self, *, definitions: bool = False, makes: bool = False) -> Iterator[Operations]:
        """Open the door to the database, in the name of whoever typed the command.

        Args:
            definitions: as for `jobs`.
            makes: True for verbs that put something into a database: where an app says what, it is made when it is
                not there. For all others a name with a slip in it must not become an empty database.

        Raises:
            DatabaseMissing: it is not there, and the verb does not make it.
        """
        from jobboy.system import user

        with self.jobs(definitions=definitions) as jobs:
            self.look_for_database(jobs, makes=makes, looks=not definitions)
            yield jobs.operations(f"operator:{user()}")

    def look_for_database(self, jobs: JobBoy, *, makes: bool, looks: bool = False) -> None:
        """Refuse to go on where the database is not there, and neither the verb nor an app `makes` it.

        Raises:
            DatabaseMissing: saying which file it is, and what names it.
            OlderSchema: the verb only `looks`, and opening the database would upgrade it.
        """
        from jobboy.bootstrap import require_database

        if not makes or self.app is None:
            require_database(jobs.database, self.named_by, looks=looks)

    def require_app(self) -> None:
        """Refuse to go on without an app.

        Raises:
            InvalidValue: saying how to name one.
        """
        if self.app is None:
            raise InvalidValue("--app", "is needed to work; name your app with --app MODULE:OBJECT or $JOBBOY_APP")

    def _load(self, definitions: bool) -> JobBoy:
        from jobboy.app import JobBoy
        from jobboy.loading import load_app

        if self.app is None or (self.database is not None and not definitions):
            return JobBoy(database=self.database)
        jobs = load_app(self.app)
        if self.database is not None:
            jobs.database = self.database
        return jobs


def _named_by(context: typer.Context) -> str:
    source = getattr(
        context.find_root().get_parameter_source("database"), "name", ""
    )  # the type itself is private to typer
    return "named by $JOBBOY_DATABASE_URL" if source == "ENVIRONMENT" else "named by --database"
