"""Small C libraries that are preloaded into programs under test, built where they are needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


class NoCompiler(Exception):
    """A library cannot be built here."""


def build(source: Path, folder: Path) -> Path:
    """Build a library.

    Args:
        source: the file in C.
        folder: the library is made there.

    Raises:
        NoCompiler: there is none, or this is no 64-bit Linux.
    """
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if sys.platform != "linux" or sys.maxsize < 1 << 32:
        raise NoCompiler("programs are listened to on 64-bit Linux only")
    if compiler is None:
        raise NoCompiler("there is no C compiler (cc, gcc or clang)")
    library = folder / source.with_suffix(".so").name
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source)]
    built = subprocess.run([*command, "-lpthread"], capture_output=True, text=True)
    if built.returncode:
        raise NoCompiler(f"{compiler} cannot build {source.name}: {built.stderr.strip().splitlines()[-1]}")
    return library
