"""Group commit: who shares a transaction, and what becomes of each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from jobboy.errors import StorageNotReachable
from jobboy.storage.writer import MAX_GROUP, Transaction, Writer


class Recorder:
    """A channel that remembers its transactions, and whose first commit waits to be let go."""

    def __init__(self) -> None:
        self.committed: list[list[str]] = []
        self.open: list[str] = []
        self.rolled_back = 0
        self.interrupts = 0
        self.begun = threading.Event()
        self.go = threading.Event()
        self.tidied: list[list[list[str]]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.refuse_commit: Callable[[list[str]], bool] = lambda lines: False
        self.refuse_begin: Exception | None = None
        self.interrupt_after: str | None = None
        self.interrupt_rollback = False

    def begin(self) -> Transaction:
        if self.interrupts:
            self.interrupts -= 1
            raise KeyboardInterrupt
        if self.refuse_begin:
            raise self.refuse_begin
        self.open = []
        return Transaction(None, "sqlite")

    def commit(self) -> None:
        self.begun.set()
        assert self.go.wait(60)
        if self.refuse_commit(self.open):
            raise RuntimeError("the disk is full")
        self.committed.append(self.open)
        if self.interrupt_after is not None and self.interrupt_after in self.open:
            self.interrupt_after = None
            raise KeyboardInterrupt

    def rollback(self) -> None:
        self.rolled_back += 1
        if self.interrupt_rollback:
            self.interrupt_rollback = False
            raise KeyboardInterrupt

    def is_open(self) -> bool:
        return not any(self.open is lines for lines in self.committed)

    def tidy(self) -> None:
        self.tidied.append(self.committed[-1:])
        assert self.go_on.wait(60)

    def changes(self) -> int:
        return len(self.open)

    def line(self, text: str) -> Callable[[Transaction], str]:
        def write(transaction: Transaction) -> str:
            self.open.append(text)
            return text

        return write


class Ground:
    """A writer whose first transaction is held open until all others have been handed in."""

    def __init__(self) -> None:
        self.channel = Recorder()
        self.writer = Writer(self.channel)

    def hand_in(self, *works: Callable[[Transaction], Any]) -> list[Future[Any]]:
        with ThreadPoolExecutor(len(works) + 1) as threads:
            first = threads.submit(self.writer.run, self.channel.line("first"))
            assert self.channel.begun.wait(60)
            others = []
            for place, work in enumerate(works):
                others.append(threads.submit(self.writer.run, work))
                self.wait_for_queue(place + 1)
            self.channel.go.set()
        return [first, *others]

    def wait_for_queue(self, length: int) -> None:
        wait_until(lambda: len(self.writer._queue) >= length)


def wait_until(condition: Callable[[], bool]) -> None:
    arrived = threading.Event()
    for _ in range(30_000):
        if condition():
            return
        arrived.wait(0.001)
    pytest.fail("it did not come to that")


def test_a_lone_writer_commits_at_once() -> None:
    channel = Recorder()
    channel.go.set()
    assert Writer(channel).run(channel.line("alone")) == "alone"
    assert channel.committed == [["alone"]]


def test_what_is_handed_in_during_a_commit_shares_the_next_one() -> None:
    ground = Ground()
    results = ground.hand_in(*(ground.channel.line(f"other {n}") for n in range(9)))
    assert [result.result() for result in results] == ["first", *(f"other {n}" for n in range(9))]
    assert ground.channel.committed == [["first"], [f"other {n}" for n in range(9)]]


def test_the_channel_is_tidied_between_two_transactions() -> None:
    channel = Recorder()
    writer = Writer(channel)
    channel.go_on.clear()
    channel.go.set()
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(writer.run, channel.line("first"))
        wait_until(lambda: bool(channel.tidied))
        others = [threads.submit(writer.run, channel.line(text)) for text in ("leader", "member")]
        wait_until(lambda: len(writer._queue) == 2)
        assert not first.done()
        channel.go_on.set()
        assert [result.result() for result in [first, *others]] == ["first", "leader", "member"]
    assert [len(group) for group in channel.committed] == [1, 2]
    assert channel.tidied == [[group] for group in channel.committed]


def test_a_group_is_bounded_and_the_rest_follows() -> None:
    ground = Ground()
    ground.hand_in(*(ground.channel.line(str(n)) for n in range(MAX_GROUP + 3)))
    assert [len(lines) for lines in ground.channel.committed] == [1, MAX_GROUP, 3]


def test_a_refusal_before_anything_is_written_concerns_only_its_own_thread() -> None:
    ground = Ground()

    def refuse(transaction: Transaction) -> None:
        raise LookupError("not mine")

    _, before, refused, after = ground.hand_in(ground.channel.line("a"), refuse, ground.channel.line("b"))
    assert (before.result(), after.result()) == ("a", "b")
    assert isinstance(refused.exception(), LookupError)
    assert ground.channel.committed == [["first"], ["a", "b"]]


def test_after_a_failure_in_the_middle_of_writing_each_tries_alone() -> None:
    ground = Ground()

    def break_off(transaction: Transaction) -> None:
        ground.channel.open.append("half")
        raise LookupError("broke off")

    _, before, broken, after = ground.hand_in(ground.channel.line("a"), break_off, ground.channel.line("b"))
    assert (before.result(), after.result()) == ("a", "b")
    assert isinstance(broken.exception(), LookupError)
    assert ground.channel.committed == [["first"], ["a"], ["b"]]
    assert ground.channel.rolled_back == 2


def test_when_the_commit_fails_those_that_can_be_written_alone_are() -> None:
    ground = Ground()
    ground.channel.refuse_commit = lambda lines: "large" in lines
    _, small, large = ground.hand_in(ground.channel.line("small"), ground.channel.line("large"))
    assert small.result() == "small"
    assert isinstance(large.exception(), RuntimeError)
    assert ground.channel.committed == [["first"], ["small"]]


def test_nobody_waits_for_ever_when_no_transaction_can_begin() -> None:
    ground = Ground()
    ground.channel.go.set()
    ground.channel.refuse_begin = RuntimeError("no file")
    with ThreadPoolExecutor(8) as threads:
        results = [threads.submit(ground.writer.run, ground.channel.line(str(n))) for n in range(40)]
    assert all(isinstance(result.exception(), RuntimeError) for result in results)
    ground.channel.refuse_begin = None
    assert ground.writer.run(ground.channel.line("again")) == "again"


def test_an_interrupt_while_a_transaction_begins_reaches_only_the_thread_that_leads() -> None:
    ground = Ground()

    def stumble(transaction: Transaction) -> None:
        ground.channel.interrupts = 1  # of the next leader, who begins after this commit

    with ThreadPoolExecutor(1) as threads:
        ground.channel.go.set()
        threads.submit(ground.writer.run, stumble).result()
        interrupted = threads.submit(ground.writer.run, ground.channel.line("interrupted"))
    assert isinstance(interrupted.exception(), KeyboardInterrupt)
    assert ground.writer.run(ground.channel.line("next")) == "next"


def test_what_was_taken_for_work_that_is_not_committed_is_given_back() -> None:
    ground = Ground()
    given_back: list[str] = []

    def take(name: str, error: Exception | None) -> Callable[[Transaction], None]:
        def work(transaction: Transaction) -> None:
            transaction.at_rollback(lambda: given_back.append(name))
            if error:
                raise error

        return work

    ground.hand_in(take("kept", None), take("lost", LookupError()))
    assert given_back == ["lost"]


def test_what_was_taken_for_a_transaction_that_cannot_be_committed_is_given_back_each_time() -> None:
    ground = Ground()
    given_back: list[str] = []

    def take(transaction: Transaction) -> None:
        transaction.at_rollback(lambda: given_back.append("a lock"))
        ground.channel.open.append("large")

    ground.channel.refuse_commit = lambda lines: "large" in lines
    ground.hand_in(take, ground.channel.line("small"))
    assert given_back == ["a lock", "a lock"], "of the shared transaction, and of the one of its own"


def test_an_interrupt_reaches_the_thread_that_leads_and_the_others_are_written() -> None:
    ground = Ground()

    def interrupt(transaction: Transaction) -> None:
        if not ground.channel.rolled_back:
            raise KeyboardInterrupt

    _, leader, other = ground.hand_in(ground.channel.line("leads"), interrupt)
    assert isinstance(leader.exception(), KeyboardInterrupt)
    assert other.result() is None


def test_an_interrupt_while_the_commit_waits_for_the_disk_leaves_what_is_committed_done_once() -> None:
    ground = Ground()
    ground.channel.interrupt_after = "b"
    _, leading, *others = ground.hand_in(*(ground.channel.line(line) for line in "abc"))
    assert isinstance(leading.exception(), KeyboardInterrupt)
    assert [result.result() for result in others] == ["b", "c"]
    assert ground.channel.committed == [["first"], ["a", "b", "c"]]


def test_an_interrupt_where_nobody_expects_one_lets_no_work_count_as_written() -> None:
    ground = Ground()
    ground.channel.interrupt_rollback = True
    ground.channel.refuse_commit = lambda lines: lines == ["a", "b", "c"]
    _, leading, *others = ground.hand_in(*(ground.channel.line(line) for line in "abc"))
    assert isinstance(leading.exception(), KeyboardInterrupt)
    assert [type(result.exception()) for result in others] == [StorageNotReachable, StorageNotReachable]
    assert ground.writer.run(ground.channel.line("next")) == "next"
    assert ground.channel.committed == [["first"], ["next"]]


def test_what_runs_alone_runs_outside_any_transaction() -> None:
    ground = Ground()
    ground.channel.go.set()
    ground.writer.run(ground.channel.line("a"))
    assert ground.writer.alone(lambda: len(ground.channel.committed)) == 1
    with pytest.raises(ValueError, match="3 is not in list"):
        ground.writer.alone(lambda: [1, 2].index(3))
    assert ground.channel.committed == [["a"]]
