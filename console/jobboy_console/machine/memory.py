"""What the console remembers about a database from one time to the next: sorts, columns, views, lines typed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import threading
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

_FORMAT = 1


def memory_file(database: str) -> Path:
    """Return the file for a database, in the user's folder for state; its name does not tell the URL."""
    digest = hashlib.sha256(database.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return user_state_path("jobboy-console") / f"remembered-{digest}.json"


class Memory:
    """Values by key, kept in one small JSON file; usable from any thread.

    Losing it costs convenience only, so nothing here raises for a file that cannot be read or written: `trouble`
    says it. A file that is broken is put aside, not overwritten. Two consoles on one database share the file: each
    value is written over what the other wrote since, and of one key the last writer's value stays.

    Args:
        file: where to keep it; None to remember nothing beyond this run.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.trouble: str | None = None
        """Why something was not read or not kept, in one line; None while all is well."""
        self._unwritten: dict[str, Any] = {}
        self._values: dict[str, Any] = self._read()

    @property
    def place(self) -> Path | None:
        """The file; None where nothing outlives this run."""
        return self._file

    def recall(self, key: str, default: Any = None) -> Any:
        """Return the JSON value under a key as it was at the start or last remembered here; a copy of its own."""
        with self._lock:
            return json.loads(json.dumps(self._values[key])) if key in self._values else default

    def remember(self, key: str, value: Any) -> bool:
        """Keep a JSON value; None forgets it. Returns whether it will be there next time too.

        Atomic: another program sees the old file or the new one.

        Raises:
            TypeError, ValueError: the value cannot be written as JSON.
        """
        kept = json.loads(json.dumps(value, allow_nan=False))
        with self._lock:
            self._unwritten[key] = kept
            values = self._read() | self._unwritten
            self._values = {name: found for name, found in values.items() if found is not None}
            if self._file is None or not self._write(self._file):
                return False
            self._unwritten.clear()
            return True

    def _read(self) -> dict[str, Any]:
        if self._file is None:
            return {}
        try:
            document = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.trouble = f"{self._file} cannot be read: {error.strerror or error}"
            self._file = None  # what cannot be read must not be overwritten either
            return {}
        except ValueError:  # neither JSON nor UTF-8
            document = None
        values = document.get("values") if isinstance(document, dict) else None
        if not isinstance(values, dict):
            self._put_aside(self._file)
            return {}
        return values

    def _put_aside(self, file: Path) -> None:
        aside = file.with_suffix(".broken")
        with contextlib.suppress(OSError):  # then it is overwritten by the next value, and this line still says it
            os.replace(file, aside)
        self.trouble = f"what was remembered could not be read; it is put aside as {aside}"

    def _write(self, file: Path) -> bool:
        text = json.dumps({"format": _FORMAT, "values": self._values}, indent=1)
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, name = tempfile.mkstemp(dir=file.parent, prefix=file.stem, suffix=".new")
            try:
                with os.fdopen(number, "w", encoding="ascii") as opened:
                    opened.write(text)
                os.replace(name, file)
            except BaseException:
                os.unlink(name)
                raise
        except OSError as error:
            self.trouble = f"{file} cannot be written: {error.strerror or error}"
            return False
        return True
