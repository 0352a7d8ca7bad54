"""The sources of the running Python: walked in an order that can be taken up again anywhere, and read one by one."""

from __future__ import annotations

import ast
import hashlib
import re
import sysconfig
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobboy.errors import InvalidValue

SOURCE_NAME = "<source of the demo>"
"""The name sources are compiled under."""
NOT_PYTHONS_OWN = frozenset({"__pycache__", "dist-packages", "site-packages"})

# Old sources warn about escapes when they are parsed, and their warnings would land between the lines of a console.
# Matched by the name, because warnings.catch_warnings() is not safe in the threads of a worker.
warnings.filterwarnings("ignore", module=re.escape(SOURCE_NAME))


@dataclass(frozen=True)
class SourceFile:
    """What one file holds."""

    digest: str
    """SHA-256 of its bytes, in hexadecimal."""
    bytes: int
    lines: int
    functions: int
    classes: int
    seconds: float
    """Time it took to read and parse."""
    error: str | None = None
    """Why it could not be parsed: some tests of Python are wrong on purpose."""


def library(parameters: Mapping[str, Any]) -> Path:
    """Return the folder that a process works on: a package of the standard library, without one all of it.

    Raises:
        InvalidValue: there is no such package.
    """
    whole = Path(sysconfig.get_path("stdlib"))
    package = parameters.get("package")
    if package is None:
        return whole
    if not isinstance(package, str) or not package.isidentifier() or not (whole / package).is_dir():
        raise InvalidValue("parameters.package", f"must name a package of the standard library, not {package!r}")
    return whole / package


def sources(folder: Path, after: str = "") -> Iterator[str]:
    """Yield the paths of the Python files below a folder, relative to it, in a fixed order.

    Args:
        folder: where to begin; links are not followed.
        after: a path that was yielded before; only what comes after it is yielded, and folders that lie before it
            are not read again.
    """
    first, _, rest = after.partition("/")
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name < first or entry.name in NOT_PYTHONS_OWN or entry.is_symlink():
            continue
        is_first = entry.name == first
        if entry.is_dir():
            yield from (f"{entry.name}/{path}" for path in sources(entry, rest if is_first else ""))
        elif entry.suffix == ".py" and not is_first:
            yield entry.name


def read_source(path: Path) -> SourceFile:
    """Read, hash and parse a file; one that cannot be read or parsed is told in `error`."""
    began = time.perf_counter()
    try:
        content = path.read_bytes()
    except OSError as error:
        return SourceFile("", 0, 0, 0, 0, time.perf_counter() - began, str(error))
    functions, classes, wrong = _count(content)
    return SourceFile(
        digest=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        lines=len(content.splitlines()),
        functions=functions,
        classes=classes,
        seconds=time.perf_counter() - began,
        error=wrong,
    )


def _count(content: bytes) -> tuple[int, int, str | None]:
    try:
        tree = ast.parse(content, SOURCE_NAME)
    except SyntaxError as error:
        return 0, 0, f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes, and nesting that no parser follows
        return 0, 0, f"{type(error).__name__}: {error}"
    kinds = [type(node) for node in ast.walk(tree)]
    functions = kinds.count(ast.FunctionDef) + kinds.count(ast.AsyncFunctionDef)
    return functions, kinds.count(ast.ClassDef), None
