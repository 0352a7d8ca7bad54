"""Looks at schedules once, as a worker does; the database is ``$JOBBOY_DATABASE_URL``."""

from __future__ import annotations

from tests.integration.apps.timed import jobs

if __name__ == "__main__":
    jobs.operations("worker:ticker").start_due()
