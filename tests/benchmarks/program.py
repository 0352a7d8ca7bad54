"""The program a contender is measured in: calls one function and writes what it returns as JSON.

``python -m tests.benchmarks.program MODULE:FUNCTION`` with a JSON object of arguments on standard input. What the
function prints goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

PACKAGE = __package__ or "tests.benchmarks"


def main() -> None:
    """Call the function that the command line names."""
    answer = os.dup(1)
    os.dup2(2, 1)
    order = json.load(sys.stdin)
    module, _, name = sys.argv[1].partition(":")
    function = getattr(importlib.import_module(f"{PACKAGE}.{module}"), name)
    found = function(Path(order["folder"]), order["count"], **order["options"])
    with os.fdopen(answer, "w") as stream:
        json.dump(found, stream)


if __name__ == "__main__":
    main()
