"""What a database URL names, and how it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobboy.errors import InvalidValue, StorageError
from jobboy.storage import database_path, display_url


def test_three_slashes_name_a_file_in_the_current_folder_and_four_one_from_the_root() -> None:
    assert database_path("sqlite:///a/b c.db") == Path.cwd() / "a/b c.db"
    assert database_path("sqlite:////var/lib/50%.db") == Path("/var/lib/50%.db")
    assert database_path("sqlite+pysqlite:////x.db") == Path("/x.db")


@pytest.mark.parametrize("url", ["jobboy.db", "", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://x.db"])
def test_what_names_no_file_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(InvalidValue, match=r"^database: must .*sqlite:///jobboy\.db"):
        database_path(url)


def test_options_are_refused() -> None:
    with pytest.raises(InvalidValue, match="must end with the path"):
        database_path("sqlite:///x.db?mode=memory")


def test_a_folder_may_have_any_sign_in_its_name() -> None:
    for folder in ("/is it?/", "/q?mode=ro/", "/100%41 #1/", "/by\udcffte/"):
        assert database_path(f"sqlite:///{folder}x.db") == Path(f"{folder}x.db")


def test_other_databases_are_named_as_not_served() -> None:
    with pytest.raises(StorageError, match="PostgreSQL is not served yet"):
        database_path("postgresql+psycopg://u:p@h/d")
    with pytest.raises(StorageError, match="'mysql' are not served"):
        database_path("mysql://h/d")


def test_a_password_is_never_shown() -> None:
    shown = display_url("postgresql+psycopg://ada:s3cr%40t:x@host:5432/jobs?sslmode=require")
    assert shown == "postgresql+psycopg://ada:***@host:5432/jobs?sslmode=require"
    for plain in ("sqlite:////a@b/c:d.db", "postgresql://ada@host/jobs", "postgresql://host/jobs"):
        assert display_url(plain) == plain
