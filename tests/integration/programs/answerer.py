"""Answers one paused process from several threads at the same moment, and prints what became of each answer.

Usage: ``python -m tests.integration.programs.answerer FOLDER NAME ID COUNT``; it leaves the sign ``ready-NAME`` and
waits for ``go``. Output: a JSON object, answer to ``None`` or the error.
"""

from __future__ import annotations

import json
import sys
import threading

from jobboy import JobBoy
from jobboy.errors import Conflict, Refused
from tests.integration.apps import signs


def main(folder: str, name: str, process_id: str, count: int) -> None:
    jobs = JobBoy()
    assert jobs.get(process_id).paused
    outcomes: dict[str, str | None] = {}
    together = threading.Barrier(count + 1)

    def answer(number: int) -> None:
        together.wait()
        outcomes[f"{name}-{number}"] = _answered(jobs, process_id, f"{name}-{number}")

    threads = [threading.Thread(target=answer, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    signs.leave(folder, f"ready-{name}")
    signs.wait_for(folder, "go")
    together.wait()
    for thread in threads:
        thread.join()
    print(json.dumps(outcomes))  # noqa: T201


def _answered(jobs: JobBoy, process_id: str, answer: str) -> str | None:
    try:
        jobs.proceed(process_id, {"answer": answer}, reason=f"answered by {answer}")
    except (Refused, Conflict) as error:
        return str(error)
    return None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
