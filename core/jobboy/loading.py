"""How a program finds the app that is named ``module:object``."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from typing import Any

from jobboy.app import JobBoy
from jobboy.errors import InvalidValue


def load_app(path: str) -> JobBoy:
    """Import ``module:object`` with the current folder on the path and return the `JobBoy` there.

    Raises:
        InvalidValue: the text is malformed, the module cannot be imported, or there is no JobBoy.
    """
    module_name, _, name = path.partition(":")
    if not name or not all(part.isidentifier() for part in module_name.split(".")):
        raise InvalidValue("app", f"must be MODULE:OBJECT, such as imports:jobs, not {path!r}")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if f"{module_name}.".startswith(f"{error.name}."):
            raise InvalidValue("app", f"there is no module {module_name!r} in {os.getcwd()} or installed") from error
        raise InvalidValue("app", f"{module_name!r} imports {error.name!r}, which is not installed") from error
    except Exception as error:  # somebody's module: it may raise anything, and is told as it is
        raise InvalidValue("app", f"importing {module_name!r} raised {_where(error)}") from error
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, JobBoy):
        raise InvalidValue("app", f"{module_name!r} has no JobBoy named {name!r}")
    return found


def _where(error: Exception) -> str:
    """Return type, message and place of an error in somebody's module, in one line."""
    if isinstance(error, SyntaxError):
        return f"SyntaxError: {error.msg} ({error.filename}, line {error.lineno})"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({last.filename}, line {last.lineno})"
