"""How workers end and rest: signals, idleness, limits, and the pause of all work."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jobboy import JobBoy
from tests.integration.worker_programs import Site, eventually

PATIENT = "from jobboy.worker import worker; worker.LAST_WAIT = 60.0"
"""So that the end of an isolated step is waited for however busy the machine is."""
ENDING = {signal.SIGTERM: 0, signal.SIGINT: 130}


FORGETFUL = """
import logging, sys
from jobboy import JobBoy

logging.basicConfig(level=logging.ERROR)
jobs = JobBoy(sys.argv[1])
jobs.handler("endless", status="starting")(lambda process: process.store.inc("turns"))
jobs.start("endless")
jobs.worker(slots=2).start()
for event in jobs.tail(jobs.list()[0].id):
    if event.kind == "iterated":
        break
"""


def test_a_program_that_ends_without_stopping_its_worker_ends_after_the_turn_in_progress(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    done = subprocess.run([sys.executable, "-c", FORGETFUL, url], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    jobs = JobBoy(url)
    (process,) = jobs.list()
    assert (process.handled, process.status) == (False, "starting")
    jobs.close()


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize("code", ["gate-in-thread", "gate-isolated"])
def test_the_first_signal_lets_the_turn_in_progress_end_and_be_recorded(
    open_site: Callable[[str], Site], code: str, number: signal.Signals
) -> None:
    site = open_site("gates")
    process_id = site.start(code, gates=[1])
    worker = site.ready_worker("--slots", "2")
    site.await_sign("reached-1")

    worker.signal(number)
    eventually(lambda: "turns in progress are finished first" in worker.errors)
    late = site.start(code, label="late-")
    site.leave("open-1")

    assert worker.wait() == ENDING[number], worker.errors
    assert site.jobs.get(process_id).output == {"attempt": 1}
    assert site.jobs.get(late).status == "starting"
    assert site.operations.overview().counts.handled == 0


def test_the_second_signal_ends_a_worker_at_once(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    process_id = site.start("gate-in-thread", gates=[1])
    worker = site.ready_worker("--slots", "1")
    site.await_sign("reached-1")

    worker.signal(signal.SIGTERM)
    eventually(lambda: "a second signal" in worker.errors)
    worker.signal(signal.SIGINT)

    assert worker.wait() == 130
    assert site.jobs.get(process_id).stuck


def test_turns_at_hand_have_the_time_to_end_that_the_command_line_gives_them(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("gates")
    process_id = site.start("gate-isolated", gates=[1])
    worker = site.worker_with(PATIENT, "--slots", "1", "--grace", "0.1")
    site.await_sign("reached-1")

    worker.signal(signal.SIGTERM)

    assert worker.wait() == 0, worker.errors
    assert "turns in progress are finished first, in 0.1 s" in worker.errors
    (crash,) = site.events(process_id, "crashed")
    assert (crash.after or {})["stuck_cause"]["why"] == "its worker was stopped"
    assert not site.jobs.get(process_id).handled


def test_two_signals_in_one_moment_end_a_worker_at_once(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    site.start("gate-in-thread", gates=[1])
    worker = site.ready_worker("--slots", "1")
    site.await_sign("reached-1")

    worker.freeze()
    worker.signal(signal.SIGTERM)
    worker.signal(signal.SIGINT)
    worker.thaw()

    assert worker.wait() == 130


def test_a_worker_until_idle_ends_though_some_wait_are_paused_or_held(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    paused = site.start("asking")
    site.work_until_idle()
    waiting = site.jobs.start("trail", {"folder": site.folder}, delay=timedelta(hours=1))
    held = site.start("trail", pause=60)
    holder = site.worker("--slots", "1")
    eventually(lambda: site.jobs.get(held).handled)
    ready = site.start("trail")

    site.work_until_idle()

    assert site.jobs.get(ready).status == "completed"
    assert site.jobs.get(paused).paused
    assert site.jobs.get(waiting).is_waiting
    assert site.jobs.get(held).handled
    assert holder.lives


def test_a_worker_ends_in_order_when_its_time_is_over(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")

    worker = site.worker("--timeout", "1")

    assert worker.wait() == 0, worker.errors
    assert site.operations.overview().workers_alive == 0


def test_paused_work_is_not_begun_and_goes_on_when_it_is_resumed(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    begun = site.start("gate-in-thread", gates=[1])
    site.ready_worker("--idle-time", "0.05")
    site.await_sign("reached-1")

    site.operations.pause(reason="the disk is changed")
    not_begun = site.start("gate-in-thread", label="not-begun-")
    site.leave("open-1")

    site.await_status(begun, "completed")  # what was begun is finished
    site.work_until_idle()
    assert site.jobs.get(not_begun).status == "starting"
    site.operations.resume(reason="it was changed")
    site.await_status(not_begun, "completed")


SIGNALLED = """
import signal, sys
from jobboy import JobBoy
from jobboy.worker import worker as workers

workers.LIMITS_INTERVAL = 0.01
jobs = JobBoy(sys.argv[1])
left = waits = 0

def trace(frame, event, _):
    global left, waits
    waits = waits or frame.f_code.co_name == "reached"  # the first look at the limits is made when it has begun
    if waits and event == "line":
        left -= 1
        if left == -1:
            signal.raise_signal(signal.SIGTERM)
    return trace

for line in range(25):
    left, waits = line, False
    worker = jobs.worker(slots=1)
    sys.settrace(trace)
    exit_code = worker.run()
    sys.settrace(None)
    print(exit_code, worker.state)
"""


def test_a_signal_at_any_line_of_its_wait_ends_a_worker(tmp_path: Path) -> None:
    """In a program of its own: Python 3.11 loops in a trace when an exception was taken back from a thread before."""
    command = [sys.executable, "-c", SIGNALLED, f"sqlite:///{tmp_path}/jobs.db"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["0 stopped"] * 25), done.stderr
