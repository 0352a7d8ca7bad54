"""Steps in child programs: every way to die is told, and nothing is ever run by two (P5, P7)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from jobboy.capturing import Capture
from jobboy.errors import StepCrashed, StepTimedOut
from jobboy.locks import open_locks
from jobboy.model.documents import ProcessStore
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import Lock, Locks, StepOrder, StepRaised, StepResult, process_place
from jobboy.runners import ChildStepRunner, StepSource, child_program
from jobboy.runners.answers import ANSWER, READY, answer_frame, returned
from jobboy.runners.child_program import ChildProgram
from jobboy.runners.orders import stamp_of
from tests.integration.apps import twins
from tests.integration.worker_programs import PATIENCE

MODULE = "tests.integration.isolated_steps"
ROOT = Path(__file__).parents[2]
HOST = "night-shift"
NUMBER = 5
TOKEN = 1
PLACE = process_place(NUMBER, TOKEN)


def a_runner(*, run_step: str = f"{MODULE}:run_step", grace: float = 0.2) -> ChildStepRunner:
    def source(order: StepOrder) -> StepSource:
        return StepSource(MODULE, order.code, order.step)

    return ChildStepRunner(host=HOST, sources=source, run_step=run_step, grace=grace)


def an_order(
    step: str,
    data: dict[str, Any] | None = None,
    *,
    number: int = NUMBER,
    token: int = TOKEN,
    timeout: float | None = PATIENCE,
    memory_limit: int | None = None,
    lock: Lock | None = None,
) -> StepOrder:
    now = datetime(2024, 5, 6, tzinfo=UTC)
    process = Process(
        number=number,
        id="018f4a00-0000-7000-8000-000000000005",
        code="nightly",
        status=ProcessStatus.RUNNING,
        step=step,
        attempt=2,
        token=token,
        created_at=now,
        updated_at=now,
        turn_at=now,
        store=ProcessStore({"rows": 1}),
    )
    return StepOrder(
        code="nightly",
        step=step,
        process=process,
        data=data or {},
        timeout=None if timeout is None else timedelta(seconds=timeout),
        memory_limit=memory_limit,
        lock=lock,
    )


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.002)


def runs(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True) if runs(child.pid)}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a busy machine take its time to end a program that dies or was killed."""
    monkeypatch.setattr(child_program, "_LAST_BREATH", PATIENCE)
    monkeypatch.setattr(child_program, "_GROUP_LIMIT", PATIENCE)


@pytest.fixture
def of_others() -> set[int]:
    """What other tests have running."""
    return children()


@pytest.fixture
def runner(of_others: set[int]) -> Iterator[ChildStepRunner]:
    runner = a_runner()
    runner.run(an_order("nothing"))
    yield runner
    runner.close()


@pytest.fixture
def locks(tmp_path: Path) -> Iterator[Locks]:
    locks = open_locks(tmp_path / "jobboy.db.lock")
    yield locks
    locks.close()


@pytest.fixture(params=["pidfd", "no pidfd"])
def either_way_to_see_a_death(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "no pidfd":
        monkeypatch.delattr(os, "pidfd_open", raising=False)


class Running:
    """A step that runs in a thread of its own, and what it told through files."""

    def __init__(self, runner: ChildStepRunner, tmp_path: Path, thread: ThreadPoolExecutor) -> None:
        self.folder = tmp_path
        self._runner = runner
        self._thread = thread

    def begin(self, step: str, **order: Any) -> Future[StepResult]:
        data = {"began": str(self.folder / "began"), "until": str(self.folder / "until")}
        data |= {"counter": str(counter_file(self.folder)), "program": str(self.folder / "program")}
        future = self._thread.submit(self._runner.run, an_order(step, data, **order))
        wait_until(lambda: (self.folder / "began").exists() or future.done())
        return future

    @property
    def pid(self) -> int:
        return int((self.folder / "began").read_text())


def counter_file(folder: Path) -> Path:
    path = folder / "counter"
    path.write_bytes(bytes(8))
    return path


@pytest.fixture
def running(runner: ChildStepRunner, tmp_path: Path) -> Iterator[Running]:
    with ThreadPoolExecutor(2) as threads:
        yield Running(runner, tmp_path, threads)
        (tmp_path / "until").touch()
        runner.close()


# --- death -----------------------------------------------------------------------------------------------------

DEATHS: list[tuple[str, dict[str, Any], str]] = [
    ("segfault", {"kind": "signal", "signal": "SIGSEGV"}, "killed by SIGSEGV"),
    ("abort", {"kind": "signal", "signal": "SIGABRT"}, "killed by SIGABRT"),
    ("leave_with_0", {"kind": "exit", "exit_code": 0}, "exit code 0 without an answer"),
    ("leave_with_3", {"kind": "exit", "exit_code": 3}, "exit code 3 without an answer"),
    ("kill_itself", {"kind": "signal", "signal": "SIGKILL"}, "killed by SIGKILL, perhaps because memory ran out"),
]


@pytest.mark.usefixtures("either_way_to_see_a_death")
@pytest.mark.parametrize(("step", "cause", "words"), DEATHS)
def test_p5_a_death_is_told_with_its_cause_and_last_lines(step: str, cause: dict[str, Any], words: str) -> None:
    runner = a_runner()
    pid = runner.run(an_order("pid")).output["pid"]
    with pytest.raises(StepCrashed, match=f"step '{step}' died: {words}") as caught:
        runner.run(an_order(step, timeout=None))
    told = dict(caught.value.cause)
    assert told.pop("last_lines")[0].startswith("about to")
    assert told == cause | {"step": step, "attempt": 2, "host": HOST, "pid": pid}
    assert runner.run(an_order("echo", {"next": 1})).output == {"next": 1}
    runner.close()


def test_a_segfault_leaves_the_place_in_the_code_it_happened_at(runner: ChildStepRunner) -> None:
    with pytest.raises(StepCrashed) as caught:
        runner.run(an_order("segfault"))
    lines = caught.value.cause["last_lines"]
    assert any("Segmentation fault" in line for line in lines)
    assert any("isolated_steps.py" in line and "in segfault" in line for line in lines)


def test_last_lines_are_few_short_and_text(runner: ChildStepRunner) -> None:
    with pytest.raises(StepCrashed) as caught:
        runner.run(an_order("die_chattering"))
    lines = caught.value.cause["last_lines"]
    assert len(lines) == 20
    assert lines[-1] == "\ufffd\ufffd not text"
    assert lines[-2].startswith("line 99 ")
    assert {len(line) for line in lines[:-1]} == {500}


def test_last_lines_are_of_this_step_alone(runner: ChildStepRunner) -> None:
    runner.run(an_order("print_a_lot"))
    with pytest.raises(StepCrashed) as caught:
        runner.run(an_order("die_without_a_word"))
    assert caught.value.cause["last_lines"] == []


def test_half_a_line_is_of_the_step_that_printed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    with contextlib.closing(a_runner()) as runner:
        with Capture() as said:
            runner.run(an_order("print_half_a_line"))
        assert said.text() == "and then it?"
        with pytest.raises(StepCrashed) as caught:
            runner.run(an_order("abort"))
    assert caught.value.cause["last_lines"][0] == "about to abort"


def test_a_step_that_takes_its_output_away_has_answered_all_the_same(runner: ChildStepRunner) -> None:
    pid = runner.run(an_order("pid")).output["pid"]
    assert runner.run(an_order("print_where_nobody_listens")).output == {}
    assert runner.run(an_order("pid")).output["pid"] == pid


def test_a_child_that_cuts_its_connection_is_ended(runner: ChildStepRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_program, "_LAST_BREATH", 0.1)
    pid = runner.run(an_order("pid")).output["pid"]
    with pytest.raises(StepCrashed, match="cut its connection") as caught:
        runner.run(an_order("hang_up", timeout=None))
    assert caught.value.cause["kind"] == "no answer"
    assert not runs(pid)


FORGED = ANSWER.frame(stamp_of(an_order("echo")) + bytes(10), b"", b'{"rows":NaN}', b"", b"")


@pytest.mark.parametrize("written", [b"HTTP/1.1 200 OK\r\n" * 9, bytes(20), FORGED], ids=["HTTP", "zeros", "NaN"])
def test_a_child_that_answers_what_is_no_answer_is_ended(
    runner: ChildStepRunner, tmp_path: Path, written: bytes
) -> None:
    data = {"bytes": written.hex(), "began": str(tmp_path / "began")}
    pid = runner.run(an_order("pid")).output["pid"]
    with pytest.raises(StepCrashed) as caught:
        runner.run(an_order("write_to_the_worker", data, timeout=None))
    assert caught.value.cause["kind"] == "no answer"
    assert not runs(pid)
    assert runner.run(an_order("echo", {"next": 1})).output == {"next": 1}


def test_what_a_child_answers_twice_is_not_taken_for_the_answer_to_its_next_order(runner: ChildStepRunner) -> None:
    forged = answer_frame(
        returned({"output": {}}, 0.0), stamp_of(an_order("echo")), left_behind=False, has_printed=False
    )
    assert runner.run(an_order("answer_twice", {"bytes": forged.hex()})).output == {}
    with suppress(StepCrashed):  # when the second comes late, only the next order finds it out
        assert runner.run(an_order("echo", {"next": 1}, token=TOKEN + 1)).output == {"next": 1}
    assert runner.run(an_order("echo", {"next": 2}, token=TOKEN + 2)).output == {"next": 2}


def test_an_answer_that_comes_when_nobody_asks_is_not_taken_for_that_to_the_next_order(
    runner: ChildStepRunner, tmp_path: Path
) -> None:
    forged = answer_frame(
        returned({"output": {}}, 0.0), stamp_of(an_order("echo")), left_behind=False, has_printed=False
    )
    until, began = tmp_path / "until", tmp_path / "began"
    runner.run(an_order("answer_later", {"bytes": forged.hex(), "until": str(until), "began": str(began)}))
    until.touch()
    wait_until(began.exists)
    with pytest.raises(StepCrashed) as caught:
        runner.run(an_order("echo", {"next": 1}, token=TOKEN + 1))
    assert caught.value.cause["kind"] == "no answer"
    assert runner.run(an_order("echo", {"next": 2}, token=TOKEN + 2)).output == {"next": 2}


def test_a_neighbour_does_not_notice_a_death(runner: ChildStepRunner, running: Running) -> None:
    neighbour = running.begin("wait_for_file", number=9)
    for step in ("segfault", "kill_itself", "leave_with_0"):
        with pytest.raises(StepCrashed):
            runner.run(an_order(step))
    assert not neighbour.done()
    (running.folder / "until").touch()
    assert neighbour.result(PATIENCE).output == {"survived": True}


def test_programs_of_a_step_die_with_it(runner: ChildStepRunner, tmp_path: Path) -> None:
    with pytest.raises(StepCrashed):
        runner.run(an_order("start_a_program_and_crash", {"program": str(tmp_path / "program")}))
    assert not runs(int((tmp_path / "program").read_text()))


# --- limits ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("either_way_to_see_a_death")
@pytest.mark.parametrize(
    "step", ["sleep", "spin", "hold_the_interpreter", "refuse_to_end", "answer_when_asked_to_end"]
)
def test_a_step_is_ended_at_its_limit(step: str, tmp_path: Path) -> None:
    runner = a_runner()
    data = {"began": str(tmp_path / "began"), "counter": str(counter_file(tmp_path))}
    pid = runner.run(an_order("pid")).output["pid"]
    begun = time.monotonic()
    with pytest.raises(StepTimedOut, match=rf"step '{step}' was ended: the step may take 0\.3 s"):
        runner.run(an_order(step, data, timeout=0.3))
    assert time.monotonic() - begun >= 0.3
    assert not runs(pid)
    runner.close()


SLOW_START = """
import sys, time
if "jobboy.runners.child" in sys.orig_argv[2]:
    time.sleep(5)
"""
"""A start that takes longer than the step may, and a step that has seconds to answer in."""


DEATH_AT_THE_START = """
import os, socket, sys
if "jobboy.runners.child" in sys.orig_argv[2]:
    socket.socket.recvmsg = lambda *_: os._exit(9)
"""


def test_the_time_a_new_child_needs_to_start_is_not_the_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SLOW_START)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    runner = a_runner()
    assert runner.run(an_order("echo", {"quick": True}, timeout=4)).output == {"quick": True}
    runner.close()


def test_an_answer_that_comes_together_with_the_sign_of_readiness_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wait_for_both(child: ChildProgram, until: float | None, *, sending: bool) -> None:
        def both() -> bool:
            with suppress(BlockingIOError):
                arrived = child._control.recv(4096, socket.MSG_PEEK | socket.MSG_DONTWAIT)
                return len(arrived) > len(ANSWER.frame(*READY))
            return False

        wait_until(both)

    monkeypatch.setattr(ChildProgram, "_wait", wait_for_both)
    runner = a_runner()
    assert runner.run(an_order("echo", {"quick": True})).output == {"quick": True}
    runner.close()


def test_the_limit_of_the_process_is_named(runner: ChildStepRunner, tmp_path: Path) -> None:
    order = an_order("sleep", {"began": str(tmp_path / "began")}, timeout=0.1)
    limited = replace(order, timeout_of="process")
    with pytest.raises(StepTimedOut, match="the time of its process is over") as caught:
        runner.run(limited)
    assert caught.value.what == "process"


def test_too_much_memory_is_a_memory_error_and_the_child_goes_on(runner: ChildStepRunner) -> None:
    size = {"bytes": 3 << 30}
    pid = runner.run(an_order("pid")).output["pid"]
    with pytest.raises(StepRaised) as caught:
        runner.run(an_order("allocate", size, memory_limit=1 << 30))
    assert caught.value.type_name == "MemoryError"
    assert runner.run(an_order("allocate", size)).output == size
    assert runner.run(an_order("pid")).output["pid"] == pid


# --- stopping --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["sleep", "hold_the_interpreter", "refuse_to_end", "answer_when_asked_to_end"])
def test_a_step_is_stopped_from_another_thread(runner: ChildStepRunner, running: Running, step: str) -> None:
    future = running.begin(step, timeout=None)
    assert runner.stop(NUMBER, TOKEN, "killed by alice@desk")
    with pytest.raises(StepCrashed, match=f"step '{step}' was stopped: killed by alice@desk") as caught:
        future.result(PATIENCE)
    assert caught.value.cause["kind"] == "stopped"
    assert caught.value.cause["why"] == "killed by alice@desk"
    assert not runs(running.pid)


def test_only_the_step_of_this_process_is_stopped(runner: ChildStepRunner, running: Running) -> None:
    neighbour = running.begin("wait_for_file", number=9)
    assert not runner.stop(NUMBER, TOKEN, "not there")
    (running.folder / "until").touch()
    assert neighbour.result(PATIENCE).output == {"survived": True}
    assert not runner.stop(9, TOKEN, "it has ended")


def test_stopping_an_attempt_leaves_the_next_one_of_the_same_process_alone(
    runner: ChildStepRunner, running: Running
) -> None:
    taken_away = running.begin("sleep", timeout=None)
    (running.folder / "began").unlink()
    recovered = running.begin("wait_for_file", token=TOKEN + 1)
    assert runner.stop(NUMBER, TOKEN, "its process was taken away by an operator")
    with pytest.raises(StepCrashed, match="taken away by an operator"):
        taken_away.result(PATIENCE)
    (running.folder / "until").touch()
    assert recovered.result(PATIENCE).output == {"survived": True}


def test_closing_stops_what_runs_and_ends_every_child(
    of_others: set[int], runner: ChildStepRunner, running: Running
) -> None:
    future = running.begin("sleep", timeout=None)
    runner.run(an_order("nothing", number=9))
    runner.close()
    with pytest.raises(StepCrashed, match="was stopped: the worker ends"):
        future.result(PATIENCE)
    assert children() <= of_others
    with pytest.raises(RuntimeError, match="closed"):
        runner.run(an_order("nothing"))


def test_no_descriptor_is_left_open() -> None:
    before = len(os.listdir("/dev/fd"))
    runner = a_runner()
    for step in ("nothing", "abort", "nothing", "leave_a_thread_behind"):
        with suppress(StepCrashed):
            runner.run(an_order(step))
    runner.close()
    assert len(os.listdir("/dev/fd")) == before


# --- answers ---------------------------------------------------------------------------------------------------


def test_output_store_and_reports_come_back() -> None:
    runner = a_runner(run_step=f"{MODULE}:run_with_documents")
    result = runner.run(an_order("load", {"path": "/x", "n": [1, {"two": None}]}))
    assert result.store == {"rows": 1, "seen": "load"}
    assert result.reports == {"rejected": 3}
    assert result.output["data"] == {"path": "/x", "n": [1, {"two": None}]}
    process = result.output["process"]
    assert (process["number"], process["attempt"], process["token"], process["step"]) == (NUMBER, 2, 1, "load")
    assert (process["code"], process["status"], process["store"]) == ("nightly", "running", {"rows": 1})
    runner.close()


def test_large_documents_go_there_and_back(runner: ChildStepRunner) -> None:
    data = {"text": "\u00e8\U0001f40e" * 150_000}
    assert runner.run(an_order("echo", data)).output == data


def test_what_a_step_prints_does_not_disturb_its_answer(runner: ChildStepRunner) -> None:
    assert runner.run(an_order("print_a_lot")).output == {"printed": True}


@pytest.mark.parametrize(
    ("step", "type_name", "message"),
    [
        ("raise_an_error", "LookupError", "no such customer"),
        ("exit_politely", "SystemExit", "7"),
        ("interrupt", "KeyboardInterrupt", ""),
        ("recurse", "RecursionError", "maximum recursion depth exceeded"),
        ("raise_what_is_no_text", "ValueError", "half a pair \\ud800 and \\x00"),
        ("raise_without_words", "Unspeakable", "<its text raised RuntimeError>"),
        ("raise_what_leaves_when_asked", "Leaving", "<its text raised SystemExit>"),
        ("raise_a_syntax_error_without_a_line", "SyntaxError", "no line (a.txt, line 1)"),
        ("return_nan", "InvalidValue", "output.rows[0]: is nan, which JSON does not have"),
        ("return_too_much", "InvalidValue", "output: takes 2,000,011 bytes as JSON"),
    ],
)
def test_what_a_step_raises_comes_back_as_text(
    runner: ChildStepRunner, step: str, type_name: str, message: str
) -> None:
    pid = runner.run(an_order("pid")).output["pid"]
    with pytest.raises(StepRaised) as caught:
        runner.run(an_order(step))
    assert caught.value.type_name == type_name
    assert caught.value.message.startswith(message)
    assert runner.run(an_order("pid")).output["pid"] == pid


def test_the_traceback_begins_with_the_steps_own_program(runner: ChildStepRunner) -> None:
    with pytest.raises(StepRaised) as caught:
        runner.run(an_order("raise_an_error"))
    lines = caught.value.traceback.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert "in run_step" in lines[1]
    assert lines[-1] == "LookupError: no such customer"


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("nothing", "answer: must be a JSON object"),
        ("a list", "answer: must be a JSON object"),
        ("an output that is a list", "output: must be a JSON object, not a list"),
        ("no output", "output: must be a JSON object, not null"),
    ],
)
def test_an_answer_that_is_no_object_is_refused_in_words(step: str, message: str) -> None:
    runner = a_runner(run_step=f"{MODULE}:run_anything")
    with pytest.raises(StepRaised, match=f"InvalidValue: {message}"):
        runner.run(an_order(step))
    runner.close()


# --- children --------------------------------------------------------------------------------------------------


def test_a_child_is_warm_and_leads_a_group_of_its_own(runner: ChildStepRunner) -> None:
    first, second = (runner.run(an_order("pid")).output for _ in range(2))
    assert first == second
    assert first == {"pid": first["pid"], "parent": os.getpid(), "group": first["pid"]}


def test_a_child_outlives_the_thread_that_started_it() -> None:
    runner, answers = a_runner(), list[int]()
    thread = threading.Thread(target=lambda: answers.append(runner.run(an_order("pid")).output["pid"]))
    thread.start()
    thread.join()
    answers.append(runner.run(an_order("pid")).output["pid"])
    assert answers[0] == answers[1]
    runner.close()


def test_a_child_that_died_while_idle_is_replaced_unnoticed(runner: ChildStepRunner) -> None:
    pid = runner.run(an_order("pid")).output["pid"]
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert runner.run(an_order("pid")).output["pid"] != pid


def test_a_child_that_dies_before_it_has_read_its_order_is_replaced_unnoticed(
    runner: ChildStepRunner, locks: Locks
) -> None:
    pid = runner.run(an_order("pid")).output["pid"]
    (child,) = runner._idle
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)

    def is_sent() -> bool:
        return bool(int.from_bytes(fcntl.ioctl(child._control, termios.TIOCOUTQ, bytes(4)), sys.byteorder))

    with ThreadPoolExecutor(1) as thread, locks.wait_for(PLACE, timeout=0) as lock:
        replaced = thread.submit(runner.run, an_order("pid", lock=lock, timeout=None))
        wait_until(is_sent)
        os.kill(pid, signal.SIGKILL)
        assert replaced.result(PATIENCE).output["pid"] != pid
    assert not locks.is_taken(PLACE)


def test_a_child_that_dies_whenever_it_could_begin_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(DEATH_AT_THE_START)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with contextlib.closing(a_runner()) as runner, pytest.raises(StepCrashed, match="exit code 9"):
        runner.run(an_order("nothing"))


def test_there_are_never_more_children_than_runs_at_once(of_others: set[int], runner: ChildStepRunner) -> None:
    gate = threading.Barrier(2)

    def run(number: int) -> int:
        gate.wait()
        pids = {runner.run(an_order("pid", number=number)).output["pid"] for _ in range(20)}
        return len(pids)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, range(2)))
    assert len(children() - of_others) <= 3  # two children and the guardian


def test_children_get_no_descriptor_of_the_worker(runner: ChildStepRunner, tmp_path: Path) -> None:
    with open(tmp_path / "jobboy.db", "w") as file:
        os.set_inheritable(file.fileno(), True)
        fresh = a_runner()
        opened = fresh.run(an_order("descriptors")).output["open"]
        fresh.close()
    kinds = sorted(target.split(":")[0] for name, target in opened.items() if int(name) > 2)
    assert kinds[-1:] == ["socket"]
    assert not any("jobboy.db" in target for target in opened.values())
    assert kinds.count("socket") == 1


@pytest.mark.parametrize("step", ["leave_a_program_behind", "leave_a_fork_behind"])
def test_programs_that_a_step_leaves_behind_end_when_it_returns(
    runner: ChildStepRunner, locks: Locks, step: str
) -> None:
    with locks.wait_for(PLACE, timeout=1) as lock:
        left = runner.run(an_order(step, lock=lock)).output["program"]
        assert not runs(left)
    assert not locks.is_taken(PLACE)


def test_of_a_step_that_returns_on_both_sides_of_a_fork_one_answer_is_heard(runner: ChildStepRunner) -> None:
    for number in range(3):
        assert runner.run(an_order("return_from_both_sides_of_a_fork")).output == {"side": "parent"}
        assert runner.run(an_order("echo", {"number": number})).output == {"number": number}


def test_a_child_whose_step_left_a_thread_is_not_used_again(runner: ChildStepRunner) -> None:
    pid = runner.run(an_order("leave_a_thread_behind")).output["pid"]
    assert not runs(pid)
    assert runner.run(an_order("echo", {"next": 1})).output == {"next": 1}


@pytest.mark.parametrize("step", ["move_elsewhere", "limit_itself", "print_elsewhere"])
def test_a_child_that_its_step_has_changed_is_not_used_again(runner: ChildStepRunner, step: str) -> None:
    pid = runner.run(an_order(step)).output["pid"]
    assert not runs(pid)
    assert runner.run(an_order("pid")).output["pid"] != pid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_child_whose_step_became_another_user_is_not_used_again(runner: ChildStepRunner) -> None:
    with pytest.raises(StepRaised) as caught:
        runner.run(an_order("fall_in_rank"))
    assert not runs(int(caught.value.message))
    assert runner.run(an_order("pid")).output["pid"] != int(caught.value.message)


def test_programs_that_ended_do_not_cost_the_child(runner: ChildStepRunner) -> None:
    first, second = (runner.run(an_order("run_a_program")).output["pid"] for _ in range(2))
    assert first == second


# --- the lock --------------------------------------------------------------------------------------------------


def test_the_step_keeps_its_process_held_when_the_worker_lets_go(
    runner: ChildStepRunner, running: Running, locks: Locks
) -> None:
    lock = locks.wait_for(PLACE, timeout=1)
    future = running.begin("wait_for_file", lock=lock)
    lock.release()
    assert locks.is_taken(PLACE)
    (running.folder / "until").touch()
    assert future.result(PATIENCE).output == {"survived": True}
    assert not locks.is_taken(PLACE)


@pytest.mark.parametrize("step", ["nothing", "raise_an_error", "segfault", "leave_with_0"])
def test_after_a_step_only_the_order_holds_the_lock(runner: ChildStepRunner, locks: Locks, step: str) -> None:
    for _ in range(20 if step == "nothing" else 1):
        lock = locks.wait_for(PLACE, timeout=0)
        with suppress(StepCrashed, StepRaised):
            runner.run(an_order(step, lock=lock))
        assert locks.is_taken(PLACE)
        lock.release()
        assert not locks.is_taken(PLACE)


def test_a_lock_that_is_no_longer_in_hand_is_refused(runner: ChildStepRunner, locks: Locks) -> None:
    lock = locks.wait_for(PLACE, timeout=0)
    lock.release()
    with pytest.raises(ValueError, match="closed"):
        runner.run(an_order("nothing", lock=lock))
    assert runner.run(an_order("echo", {"next": 1})).output == {"next": 1}


def test_an_interrupted_wait_leaves_nothing_running(runner: ChildStepRunner, tmp_path: Path) -> None:
    began = tmp_path / "began"
    main_thread = threading.get_ident()

    def press_ctrl_c() -> None:
        wait_until(began.exists)
        signal.pthread_kill(main_thread, signal.SIGINT)

    with ThreadPoolExecutor(1) as thread:
        pressed = thread.submit(press_ctrl_c)
        with pytest.raises(KeyboardInterrupt):
            runner.run(an_order("sleep", {"began": str(began)}))
        pressed.result(PATIENCE)
    assert not runs(int(began.read_text()))


# --- the worker dies -------------------------------------------------------------------------------------------

WORKER = """
import os, sys
from pathlib import Path
from tests.integration.test_isolated_steps import PLACE, a_runner, an_order
from jobboy.locks import open_locks
folder, step, forks = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "forks"
lock = open_locks(folder / "jobboy.db.lock").take(PLACE)
data = {"began": str(folder / "began"), "counter": str(folder / "counter"), "program": str(folder / "program")}
runner = a_runner()
runner.run(an_order("nothing"))
if forks and os.fork() == 0:
    lock.release()
    sys.stdin.read()
    os._exit(0)
runner.run(an_order(step, data, timeout=None, lock=lock))
"""


@contextmanager
def a_worker(folder: Path, step: str, *, forks: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    counter_file(folder)
    arguments = [sys.executable, "-c", WORKER, str(folder), step, "forks" if forks else "alone"]
    with subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE) as worker:
        try:
            wait_until((folder / "began").exists)
            yield worker
        finally:
            worker.kill()


@pytest.mark.parametrize("step", ["sleep", "spin", "hold_the_interpreter", "refuse_to_end"])
@pytest.mark.parametrize("time_to", range(1, 4))
def test_p7_a_step_whose_worker_was_killed_dies_before_its_process_is_free(
    tmp_path: Path, locks: Locks, step: str, time_to: int
) -> None:
    with a_worker(tmp_path, step) as worker:
        pid = int((tmp_path / "began").read_text())
        assert locks.is_taken(PLACE)
        os.kill(worker.pid, signal.SIGKILL)
        wait_until(lambda: not locks.is_taken(PLACE))
        done = (tmp_path / "counter").read_bytes()
        wait_until(lambda: not runs(pid))
        assert (tmp_path / "counter").read_bytes() == done


def test_programs_of_a_step_die_with_the_worker(tmp_path: Path, locks: Locks) -> None:
    with a_worker(tmp_path, "start_a_program_and_sleep") as worker:
        program = int((tmp_path / "program").read_text())
        assert runs(program)
        os.kill(worker.pid, signal.SIGKILL)
        wait_until(lambda: not runs(program))


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only a pidfd sees past a fork of the worker")
def test_a_step_dies_with_the_worker_even_if_a_fork_of_it_lives_on(tmp_path: Path, locks: Locks) -> None:
    with a_worker(tmp_path, "sleep", forks=True) as worker:
        os.kill(worker.pid, signal.SIGKILL)
        wait_until(lambda: not locks.is_taken(PLACE))


def test_without_a_guardian_an_orphaned_step_keeps_its_process_held(tmp_path: Path, locks: Locks) -> None:
    with a_worker(tmp_path, "sleep") as worker:
        pid = int((tmp_path / "began").read_text())
        (guardian,) = [child for child in psutil.Process(worker.pid).children() if child.pid != pid]
        guardian.kill()
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        assert locks.is_taken(PLACE)
        assert runs(pid)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not locks.is_taken(PLACE))


def test_a_stopped_worker_is_no_dead_worker(tmp_path: Path, locks: Locks) -> None:
    with a_worker(tmp_path, "sleep") as worker:
        pid = int((tmp_path / "began").read_text())
        os.kill(worker.pid, signal.SIGSTOP)
        os.waitpid(worker.pid, os.WUNTRACED)
        assert locks.is_taken(PLACE)
        assert runs(pid)


def test_a_guardian_that_was_killed_is_replaced(of_others: set[int]) -> None:
    with contextlib.closing(a_runner()) as runner:
        pid = runner.run(an_order("pid")).output["pid"]
        (guardian,) = children() - {pid} - of_others
        os.kill(guardian, signal.SIGKILL)
        wait_until(lambda: not runs(guardian))
        with pytest.raises(StepCrashed):
            runner.run(an_order("abort"))
        runner.run(an_order("nothing"))
        assert len(children() - of_others) == 2
        assert guardian not in children()


# --- scripts ---------------------------------------------------------------------------------------------------

SCRIPT = """
from jobboy.runners import ChildStepRunner, StepSource
from tests.integration.test_isolated_steps import an_order

def run_step(module, code, step, message):
    return {"output": {"module": module, "name": __name__}}

def work():
    runner = ChildStepRunner(
        host="h", sources=lambda order: StepSource("__main__", order.code, order.step),
        run_step="__main__:run_step", grace=0.2,
    )
    try:
        print(dict(runner.run(an_order("load")).output))
    finally:
        runner.close()

"""


def a_script(folder: Path, end: str) -> subprocess.CompletedProcess[str]:
    path = folder / "script.py"
    path.write_text(SCRIPT + end)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, env=environment, timeout=PATIENCE
    )


def test_a_definition_in_the_script_itself_is_found(tmp_path: Path) -> None:
    done = a_script(tmp_path, "if __name__ == '__main__':\n    work()\n")
    assert done.stderr == ""
    assert done.stdout == "{'module': '__main__', 'name': '__mp_main__'}\n"


def test_a_script_without_a_guard_is_told_how_to_guard(tmp_path: Path) -> None:
    done = a_script(tmp_path, "work()\n")
    assert "put it below `if __name__ == '__main__':`" in done.stderr
    assert done.returncode == 1


def test_each_of_two_apps_in_one_module_has_its_own_steps(tmp_path: Path) -> None:
    for name, jobs in (("first", twins.first), ("second", twins.second)):
        jobs.database = f"sqlite:///{tmp_path / name}.db"
        try:
            assert jobs.execute("nightly", timeout=timedelta(minutes=1)).output == {"app": name}
        finally:
            jobs.close()
