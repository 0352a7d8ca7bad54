"""A site for each test: its own database and folder; whatever it starts is ended with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.worker_programs import Site


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    """Give `open_site("trails")`: the app of a module in ``tests/integration/apps`` on a new database."""
    opened: list[Site] = []

    def open_one(app: str) -> Site:
        opened.append(Site(tmp_path, app))
        return opened[-1]

    yield open_one
    for site in opened:
        site.close()
