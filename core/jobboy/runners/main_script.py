"""The script a worker was started with, as its children import it for the definitions in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_imports: list[str] = []
_imported: list[str] = []


def preparation() -> dict[str, Any]:
    """Tell a child how to import this program's ``__main__``; read by `multiprocessing.spawn.prepare`.

    Like `multiprocessing.spawn.get_preparation_data`, which would also fix the start method of this program and
    hand out its authentication key.
    """
    found: dict[str, Any] = {"sys_argv": sys.argv}
    main = sys.modules["__main__"]
    name = getattr(getattr(main, "__spec__", None), "name", None)
    path = getattr(main, "__file__", None)
    if name is not None:
        found["init_main_from_name"] = name
    elif path is not None:
        found["init_main_from_path"] = os.path.abspath(path)
    return found


@contextmanager
def being_imported() -> Iterator[None]:
    """Mark, in a child, that the script is imported a second time."""
    _imports.append("main")
    try:
        yield
        _imported.append("main")
    finally:
        _imports.pop()


def is_imported() -> bool:
    """Say whether this child has imported the script; `multiprocessing` registers the name in any case."""
    return bool(_imported)


def is_being_imported() -> bool:
    """Say whether this is a child in the middle of importing the script of its worker.

    Whatever a script does at this moment, such as starting processes or working, it would do again in every child.
    """
    return bool(_imports)


def refuse_while_imported(what: str) -> None:
    """Refuse what a script may only do in its guarded part.

    Raises:
        RuntimeError: while a child imports the script of its worker; says how to guard it.
    """
    if is_being_imported():
        raise RuntimeError(
            f"cannot {what} while a child program imports this script for its isolated steps: put it below"
            " `if __name__ == '__main__':`"
        )
