"""import-locales: steps that import the locale names Python ships, and ask a person about the rows that are wrong.

`locale.locale_alias` is a table grown over decades. Some of its rows name encodings that no Python can decode, some
have no territory; an import has to find them, and cannot know what to do with them.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import locale
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jobboy.demo.folders import own_folder
from jobboy.engine.handled_process import StepProcess
from jobboy.errors import InvalidValue

LOCALE = re.compile(r"(?P<place>[a-z]{2,3}_[A-Z]{2})\.(?P<encoding>[\w-]+)(?P<variant>@\w+)?")
NO_TERRITORY = "not LANGUAGE_TERRITORY.ENCODING"
ANSWER = {
    "type": "object",
    "properties": {
        "replacement": {
            "type": ["string", "null"],
            "description": "Encoding for rows whose own is unknown, such as UTF-8; without it they are left out",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]*$",
            "maxLength": 40,
        },
        "note": {"type": ["string", "null"], "description": "For whoever reads the report", "maxLength": 200},
    },
    "additionalProperties": False,
}
"""What `validate` asks a person for."""


def generate(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Write the rows to import as CSV: all, or those whose alias begins with one of ``initials``."""
    initials = tuple(data.get("initials") or [""])
    rows = [row for row in sorted(locale.locale_alias.items()) if row[0].startswith(initials)]
    file = own_folder(process) / "locales.csv"
    _write(file, ("alias", "locale"), rows)
    return {"file": str(file), "rows": len(rows)}


def validate(data: dict[str, Any]) -> dict[str, Any]:
    """Find the rows that cannot be imported; the answer (see `ANSWER`) says what becomes of them.

    Rows without a territory are always left out.
    """
    rejected = {
        alias: f"{name}: {why}"
        for alias, name in _read(Path(data["file"]))
        if (why := what_is_wrong(name)) is not None
    }
    accepted = data["rows"] - len(rejected)
    return {
        "replacement": None,
        "rows": data["rows"],
        "accepted": accepted,
        "rejected": rejected,
        "file": data["file"],
    }


def load(data: dict[str, Any]) -> dict[str, Any]:
    """Write what was accepted, and what the answer repairs, as a new CSV.

    Raises:
        InvalidValue: the answer names an encoding that is not known either.
    """
    replacement = _checked(data["replacement"])
    loaded, repaired = [], 0
    for alias, name in _read(Path(data["file"])):
        better = name if what_is_wrong(name) is None else _repaired(name, replacement)
        if better is not None:
            loaded.append((alias, better))
            repaired += better != name
    result = Path(data["file"]).with_name("loaded.csv")
    digest = _write(result, ("alias", "locale"), loaded)
    dropped = data["rows"] - len(loaded)
    return {
        "result": str(result),
        "sha256": digest,
        "loaded": len(loaded),
        "repaired": repaired,
        "dropped": dropped,
        "note": data.get("note"),
    }


def report(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Say in a sentence what was done."""
    process.reports["summary"] = (
        f"{data['loaded']:,} rows loaded, {data['repaired']:,} of them repaired; {data['dropped']:,} dropped"
    )
    if data["note"]:
        process.reports["note"] = data["note"]
    return data


def what_is_wrong(name: str) -> str | None:
    """Return why a locale cannot be imported, None when it can."""
    found = LOCALE.fullmatch(name)
    if found is None:
        return NO_TERRITORY
    return None if _is_known(found["encoding"]) else f"unknown encoding {found['encoding']}"


def _repaired(name: str, replacement: str | None) -> str | None:
    found = LOCALE.fullmatch(name)
    if found is None or replacement is None:
        return None
    return f"{found['place']}.{replacement}{found['variant'] or ''}"


def _checked(replacement: object) -> str | None:
    if replacement is None:
        return None
    if not isinstance(replacement, str) or not _is_known(replacement):
        raise InvalidValue("replacement", f"must be an encoding Python knows, such as UTF-8, not {replacement!r}")
    return replacement


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except (LookupError, ValueError):  # ValueError: the name holds a NUL
        return False
    return True


def _read(file: Path) -> list[tuple[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return [(row["alias"], row["locale"]) for row in csv.DictReader(lines)]


def _write(file: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a CSV file, whole or not at all, and return its SHA-256: a step may be begun several times."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    content = text.getvalue().encode()
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    os.replace(unfinished, file)
    return hashlib.sha256(content).hexdigest()
