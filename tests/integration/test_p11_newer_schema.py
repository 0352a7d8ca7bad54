"""P11: a database of a newer jobboy is refused, and not a byte of it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from jobboy.errors import NewerSchema
from jobboy.storage.driver import connect
from jobboy.storage.schema import SCHEMA
from tests.integration.worker_programs import Site

CALLS = [["list"], ["start", "trail"], ["prune"], ["work", "--until-idle"]]


def test_p11_a_newer_schema_is_refused_by_every_verb_and_its_bytes_stay(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    site.start("trail")
    site.jobs.close()
    _written_by_a_newer_jobboy(site)
    before = _bytes(site)

    for call in CALLS:
        refused = site.jobboy(*call)

        assert refused.wait() == 1, call
        assert refused.errors.startswith(f"jobboy: the database has schema {SCHEMA + 1}, this jobboy knows {SCHEMA}")
        assert refused.errors.count("\n") == 1
    assert _bytes(site) == before


def test_p11_a_program_that_asks_for_it_is_told_in_an_error_of_its_own(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    site.start("trail")
    site.jobs.close()
    _written_by_a_newer_jobboy(site)

    with pytest.raises(NewerSchema, match="upgrade jobboy"):
        site.jobs.list()


def _written_by_a_newer_jobboy(site: Site) -> None:
    with closing(connect(_database(site))) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _bytes(site: Site) -> str:
    """Return a digest of the file; nobody in this program has it open, so reading it drops no locks."""
    return hashlib.sha256(_database(site).read_bytes()).hexdigest()


def _database(site: Site) -> Path:
    return Path(site.folder, "jobboy.db")
