"""What the suite of a repository is given: databases of each kind, a clock that stands still, and claimants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType

import pytest

from jobboy.model.process import Process
from jobboy.ports import Clock, Held, ProcessRepository, process_place
from jobboy.storage import open_repository
from jobboy.testing import FrozenClock


class HandLock:
    """A lock inside this program; says whether it was given back."""

    def __init__(self, places: Places, place: int) -> None:
        self._places = places
        self._place = place
        self.released = False

    def fileno(self) -> int:
        return -1

    def release(self) -> None:
        self.released = True
        self._places.free(self._place)

    def __enter__(self) -> HandLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class Places:
    """Which places are locked, for all threads of a test."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken: set[int] = set()

    def take(self, place: int) -> HandLock | None:
        with self._guard:
            if place in self._taken:
                return None
            self._taken.add(place)
            return HandLock(self, place)

    def free(self, place: int) -> None:
        with self._guard:
            self._taken.discard(place)


@dataclass
class Claims:
    """A claimant that takes what it is offered, except what it shall leave, and remembers the offers."""

    clock: Clock
    codes: Sequence[str] | None = None
    leaves: set[int] = field(default_factory=set)
    places: Places = field(default_factory=Places)
    offers: list[int] = field(default_factory=list)

    def claim(self, candidate: Process) -> Held | None:
        self.offers.append(candidate.number)
        token = candidate.token + 1
        lock = None if candidate.number in self.leaves else self.places.take(process_place(candidate.number, token))
        if lock is None:
            return None
        claimed = candidate.changed(
            token=token, handled=True, handled_at=self.clock.now(), handled_by="here:1:x", stuck=False,
            rescuable=False, attempt=candidate.attempt + 1, updated_at=self.clock.now(),
        )  # fmt: skip
        return Held(before=candidate, process=claimed, lock=lock)


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of the repository: a second passes only when a test says so."""
    return FrozenClock()


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind that does not exist yet."""
    assert request.param == "sqlite"
    return f"sqlite:///{tmp_path}/processes.db"


@pytest.fixture
def open_again(database_url: str, clock: FrozenClock) -> Iterator[Callable[[], ProcessRepository]]:
    """Open the same database once more; closed when the test is over."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(open_repository(database_url, clock=clock)))


@pytest.fixture
def repository(open_again: Callable[[], ProcessRepository]) -> ProcessRepository:
    """An empty repository."""
    return open_again()


@pytest.fixture
def claims(clock: FrozenClock) -> Claims:
    """A claimant that takes whatever comes first."""
    return Claims(clock)


SECOND = timedelta(seconds=1)
