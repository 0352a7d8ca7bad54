"""Addresses of databases: what a URL names, and how it is shown; nothing here loads a database library."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from jobboy.errors import InvalidValue, StorageError

_EXAMPLE = "such as sqlite:///jobboy.db, or sqlite:////var/lib/jobboy.db for a path from the root"


def database_path(url: str) -> Path:
    """Return the absolute path of the file that an SQLite URL names.

    Raises:
        InvalidValue: it is no URL, names no file, or has options after a question mark.
        StorageError: it names a kind of database that is not served.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise InvalidValue("database", f"must be a URL {_EXAMPLE}")
    kind = scheme.partition("+")[0]
    if kind == "postgresql":
        raise StorageError("PostgreSQL is not served yet: give a database URL " + _EXAMPLE)
    if kind != "sqlite":
        raise StorageError(f"databases of kind {kind!r} are not served: give a database URL {_EXAMPLE}")
    name = rest.removeprefix("/")
    if rest == name or name in ("", ":memory:"):
        raise InvalidValue("database", f"must name a file, {_EXAMPLE}")
    if "?" in name.rpartition("/")[2] or "\0" in name:  # a folder may have one in its name
        raise InvalidValue("database", f"must end with the path of the file, {_EXAMPLE}")
    return Path(name).absolute()


def display_url(url: str) -> str:
    """Return the URL for people: a password in it becomes ``***``."""
    parts = urlsplit(url)
    account, at, place = parts.netloc.rpartition("@")
    user, colon, _ = account.partition(":")
    if not at or not colon:
        return url
    return urlunsplit(parts._replace(netloc=f"{user}:***@{place}"))
