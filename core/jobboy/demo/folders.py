"""Where the processes of the demo keep their files: each in a folder of its own that is named like the process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from jobboy.engine.handled_process import StepProcess


def own_folder(process: StepProcess) -> Path:
    """Return the folder of a process, made if it is not there; nobody else on the machine may look into it.

    It lies in the folder that the parameters name. A process that was started without one gets a temporary folder,
    which its store remembers.
    """
    parent = process.parameters.get("folder")
    if parent is None:
        if not process.store.has("folder"):
            process.store["folder"] = tempfile.mkdtemp(prefix="jobboy-demo-")
        return Path(process.store["folder"])
    folder = Path(parent) / process.id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
