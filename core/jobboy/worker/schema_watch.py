"""Notices that a newer jobboy has upgraded the database under a worker that runs."""

from __future__ import annotations

import logging
from collections.abc import Callable

from jobboy.errors import NewerSchema, StorageError
from jobboy.ports import ProcessRepository

_log = logging.getLogger(__name__)


class SchemaWatch:
    """Looks at the schema as often as the worker sweeps; when nothing was committed since, that costs microseconds.

    Args:
        repository: of the worker.
        on_newer: called once, when the schema is found to be newer than this program.
    """

    def __init__(self, repository: ProcessRepository, on_newer: Callable[[], None]) -> None:
        self.error: NewerSchema | None = None
        """Says so, from then on; None while all is well."""
        self._repository = repository
        self._on_newer = on_newer

    def is_ours(self) -> bool:
        """Say whether the database may be written to, as far as its schema tells."""
        if self.error is None:
            try:
                self._repository.stamp()
            except NewerSchema as error:
                self.error = error
                _log.error("%s", error)
                self._on_newer()
            except StorageError:  # whoever needs the database tells why it cannot be had
                return True
        return self.error is None
