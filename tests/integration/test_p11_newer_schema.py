"""P11: a database of a newer jobboy is refused, one of an older is not upgraded by a look: not a byte changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from jobboy.errors import NewerSchema
from jobboy.storage import sqlite
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


@pytest.mark.parametrize("code", ["gate-isolated", "gate-in-thread"])
def test_p11_a_worker_under_which_the_schema_is_upgraded_ends_writes_nothing_and_leaves_its_process_to_others(
    open_site: Callable[[str], Site], code: str
) -> None:
    site = open_site("gates")
    process_id = site.start(code, gates=[1])
    worker = site.ready_worker("--slots", "2")
    site.await_sign("reached-1")
    before = site.operations.overview().last_seq
    site.jobs.close()

    _written_by_a_newer_jobboy(site)

    assert worker.wait() == 1
    assert f"the database has schema {SCHEMA + 1}, this jobboy knows {SCHEMA}: upgrade jobboy" in worker.errors
    assert "Traceback" not in worker.errors
    _marked(site, SCHEMA)  # what follows stands for the newer jobboy
    assert site.operations.overview().last_seq == before
    site.work_here()
    process = site.jobs.get(process_id)
    assert process.status == "completed"
    assert process.output == {"attempt": 2}


def test_p11_an_idle_worker_under_which_the_schema_is_upgraded_says_so_in_one_line(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("trails")
    worker = site.ready_worker()
    site.jobs.close()

    _written_by_a_newer_jobboy(site)

    assert worker.wait() == 1
    told = [line for line in worker.errors.splitlines() if line.startswith("jobboy: ")]
    assert len(told) == 1
    assert told[0].startswith(f"jobboy: the database has schema {SCHEMA + 1}")


def test_p11_a_program_that_has_the_database_open_is_refused_too(
    open_site: Callable[[str], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "EXAMINE_EVERY", 0.0)
    site = open_site("trails")
    site.start("trail")
    before = site.operations.overview().last_seq
    _written_by_a_newer_jobboy(site)

    with pytest.raises(NewerSchema, match="upgrade jobboy"):
        site.start("trail")

    assert site.operations.overview().last_seq == before


def test_p11_who_only_looks_upgrades_nothing(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    site.start("trail")
    site.jobs.close()
    _marked(site, SCHEMA - 1)
    before = _bytes(site)

    for verb in ("list", "workers", "doctor"):
        refused = site.jobboy(verb)

        assert refused.wait() == 1, verb
        assert refused.errors.startswith(f"jobboy: the database has schema {SCHEMA - 1}, this jobboy needs {SCHEMA}")
        assert refused.errors.count("\n") == 1
    assert _bytes(site) == before
    assert [path.name for path in Path(site.folder).glob("*.schema-*")] == []


def _written_by_a_newer_jobboy(site: Site) -> None:
    _marked(site, SCHEMA + 1)


def _marked(site: Site, number: int) -> None:
    with closing(connect(_database(site))) as connection:
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _bytes(site: Site) -> str:
    """Return a digest of the file; nobody in this program has it open, so reading it drops no locks."""
    return hashlib.sha256(_database(site).read_bytes()).hexdigest()


def _database(site: Site) -> Path:
    return Path(site.folder, "jobboy.db")
