"""What every kind of lock, and the bell, promises: with real programs and real signals."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from jobboy.errors import DatabaseReplaced, InvalidValue, StorageBusy, StorageError, StorageNotReachable
from jobboy.locks import open_bell, open_locks
from jobboy.locks.bell import InotifyListener, LookingListener
from jobboy.locks.lock_file import LockFile, file_system_type
from jobboy.ports import MANAGEMENT_PLACE, SCHEMA_PLACE, Bell, Listener, Lock, Locks, process_place, worker_place

KINDS = ["ofd", "flock"] if sys.platform == "linux" else ["flock"]
PLACE = process_place(42, 7)
PATIENCE = 120.0
"""Seconds; only a test that fails waits so long."""

HOLDER = """
import sys
from pathlib import Path
from jobboy.locks import open_locks
path, kind, place, shared = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] == "shared"
lock = open_locks(path, kind=kind).take(place, shared=shared)
print("held" if lock else "refused", flush=True)
sys.stdin.read()
"""

RELAY = """
import sys, time
print("has it", flush=True)
sys.stdin.read()
"""

WAKER = """
import sys
from pathlib import Path
from jobboy.locks import open_bell
bell = open_bell(Path(sys.argv[1]))
for line in sys.stdin:
    bell.ring()
"""


class Ground:
    """One lock file, its kind, and programs that use it."""

    def __init__(self, path: Path, kind: str) -> None:
        self.path = path
        self.kind = kind
        self.locks = open_locks(path, kind=kind)

    def taken(self, place: int = PLACE, *, shared: bool = False) -> Lock:
        lock = self.locks.take(place, shared=shared)
        assert lock is not None
        return lock

    @contextmanager
    def another_program(self, place: int = PLACE, *, shared: bool = False) -> Iterator[subprocess.Popen[str]]:
        mode = "shared" if shared else "exclusive"
        with program(HOLDER, str(self.path), self.kind, str(place), mode) as other:
            yield other


@contextmanager
def program(code: str, *arguments: str, pass_fds: tuple[int, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    other = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=pass_fds,
    )
    with other:
        try:
            yield other
        finally:
            other.kill()


def said(other: subprocess.Popen[str]) -> str:
    assert other.stdout is not None
    return other.stdout.readline().strip()


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.0005)


@pytest.fixture(params=KINDS)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path / "jobboy.db.lock", request.param)
    yield ground
    ground.locks.close()


# --- who excludes whom -----------------------------------------------------------------------------------------


def test_two_holders_in_one_program_exclude_each_other(ground: Ground) -> None:
    with ground.taken():
        assert ground.locks.take(PLACE) is None
    with ground.taken():
        pass


def test_two_programs_exclude_each_other(ground: Ground) -> None:
    with ground.another_program() as first:
        assert said(first) == "held"
        assert ground.locks.take(PLACE) is None
        with ground.another_program() as second:
            assert said(second) == "refused"


def test_two_openings_of_the_same_locks_exclude_each_other(ground: Ground) -> None:
    others = open_locks(ground.path, kind=ground.kind)
    with ground.taken():
        assert others.take(PLACE) is None
        assert others.is_taken(PLACE)
    others.close()


@pytest.mark.parametrize("place", [MANAGEMENT_PLACE, SCHEMA_PLACE, PLACE, PLACE + 1, worker_place(1)])
def test_each_place_is_a_lock_of_its_own(ground: Ground, place: int) -> None:
    places = {MANAGEMENT_PLACE, SCHEMA_PLACE, PLACE, PLACE + 1, worker_place(1)}
    with ground.taken(place):
        assert {other for other in places if ground.locks.is_taken(other)} == {place}
        for other in places - {place}:
            ground.taken(other).release()


def test_the_farthest_places_are_distinct(ground: Ground) -> None:
    last = process_place(2**39, 2**20 - 1)
    with ground.taken(last), ground.taken(last + 1), ground.taken(worker_place(2**40)):
        assert not ground.locks.is_taken(last - 1)


def test_shared_holders_exclude_only_exclusive_ones(ground: Ground) -> None:
    with ground.another_program(MANAGEMENT_PLACE, shared=True) as other:
        assert said(other) == "held"
        with ground.taken(MANAGEMENT_PLACE, shared=True):
            assert ground.locks.take(MANAGEMENT_PLACE) is None


def test_an_exclusive_holder_excludes_shared_ones(ground: Ground) -> None:
    with ground.another_program(MANAGEMENT_PLACE) as other:
        assert said(other) == "held"
        assert ground.locks.take(MANAGEMENT_PLACE, shared=True) is None


def test_of_many_threads_one_gets_it(ground: Ground) -> None:
    gate = threading.Barrier(8)

    def attempt(_: int) -> Lock | None:
        gate.wait()
        return ground.locks.take(PLACE)

    with ThreadPoolExecutor(8) as threads:
        got = [lock for lock in threads.map(attempt, range(8)) if lock is not None]
    assert len(got) == 1
    got[0].release()


def test_takers_never_overlap_however_often_it_changes_hands(ground: Ground) -> None:
    inside, overlaps = [0], [0]

    def cross(_: int) -> None:
        with ground.locks.wait_for(PLACE, timeout=PATIENCE):
            inside[0] += 1
            overlaps[0] += inside[0] != 1
            time.sleep(0)
            inside[0] -= 1

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(cross, range(200)))
    assert overlaps == [0]


# --- probing ---------------------------------------------------------------------------------------------------


def test_probing_tells_of_holders_in_this_and_other_programs(ground: Ground) -> None:
    assert not ground.locks.is_taken(PLACE)
    with ground.taken():
        assert ground.locks.is_taken(PLACE)
    with ground.another_program() as other:
        assert said(other) == "held"
        assert ground.locks.is_taken(PLACE)


def test_probing_does_not_count_shared_holders(ground: Ground) -> None:
    with ground.taken(shared=True):
        assert not ground.locks.is_taken(PLACE)


def test_probing_takes_nothing(ground: Ground) -> None:
    stop = threading.Event()

    def probe() -> None:
        while not stop.wait(0.0005):
            ground.locks.is_taken(PLACE)

    with ThreadPoolExecutor(2) as threads:
        probes = [threads.submit(probe) for _ in range(2)]
        try:
            for _ in range(100):
                ground.taken().release()
        finally:
            stop.set()
        for done in probes:
            done.result()


# --- who is alive ----------------------------------------------------------------------------------------------


def test_kill_9_frees_a_lock_before_the_program_is_buried(ground: Ground) -> None:
    with ground.another_program() as other:
        assert said(other) == "held"
        os.kill(other.pid, signal.SIGKILL)
        wait_until(lambda: not ground.locks.is_taken(PLACE))
        ground.taken().release()


def test_a_stopped_program_keeps_its_lock(ground: Ground) -> None:
    with ground.another_program() as other:
        assert said(other) == "held"
        os.kill(other.pid, signal.SIGSTOP)
        os.waitpid(other.pid, os.WUNTRACED)
        assert ground.locks.is_taken(PLACE)
        assert ground.locks.take(PLACE) is None


def test_opening_and_closing_the_file_elsewhere_in_the_program_frees_nothing(ground: Ground) -> None:
    with ground.taken():
        for path in ground.path.parent.rglob("*"):
            if path.is_file():
                path.read_bytes()
        with ground.another_program() as other:
            assert said(other) == "refused"


def test_a_child_that_was_handed_the_lock_keeps_it_after_release_and_until_its_death(ground: Ground) -> None:
    lock = ground.taken()
    with program(RELAY, pass_fds=(lock.fileno(),)) as child:
        assert said(child) == "has it"
        lock.release()
        assert ground.locks.is_taken(PLACE)
        assert ground.locks.take(PLACE) is None
        os.kill(child.pid, signal.SIGKILL)
        wait_until(lambda: not ground.locks.is_taken(PLACE))
    ground.taken().release()


def test_a_child_is_handed_no_lock_unasked(ground: Ground) -> None:
    lock, other = ground.taken(), ground.taken(PLACE + 1)
    with program(RELAY, pass_fds=(lock.fileno(),)) as child:
        assert said(child) == "has it"
        other.release()
        assert not ground.locks.is_taken(PLACE + 1)
        lock.release()


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_keeps_no_lock_of_its_parent(ground: Ground) -> None:
    context = multiprocessing.get_context("fork")
    ready, end = context.Event(), context.Event()

    def child() -> None:
        ready.set()
        end.wait()

    lock = ground.taken()
    process = context.Process(target=child)
    process.start()
    assert ready.wait(PATIENCE)
    assert ground.locks.is_taken(PLACE)
    lock.release()
    assert not ground.locks.is_taken(PLACE)
    end.set()
    process.join()


# --- giving up -------------------------------------------------------------------------------------------------


def test_releasing_twice_releases_nothing_else(ground: Ground) -> None:
    lock = ground.taken()
    lock.release()
    with ground.taken():
        lock.release()
        assert ground.locks.is_taken(PLACE)
    with pytest.raises(ValueError, match="closed"):
        lock.fileno()


def test_a_lock_is_released_whatever_happens_inside(ground: Ground) -> None:
    with pytest.raises(RuntimeError, match="inside"), ground.taken():
        raise RuntimeError("inside")
    assert not ground.locks.is_taken(PLACE)


def test_closing_keeps_locks_in_hand(ground: Ground) -> None:
    with ground.taken():
        ground.locks.close()
        with ground.another_program() as other:
            assert said(other) == "refused"


def test_no_descriptor_is_left_open(ground: Ground) -> None:
    def descriptors() -> int:
        return len(os.listdir("/dev/fd"))

    before = descriptors()
    with ground.taken():
        for _ in range(10):
            assert ground.locks.take(PLACE) is None
            ground.locks.is_taken(PLACE)
        assert descriptors() == before + 1
    assert descriptors() == before


# --- waiting ---------------------------------------------------------------------------------------------------


def test_waiting_ends_when_the_holder_dies(ground: Ground) -> None:
    with ground.another_program() as other, ThreadPoolExecutor(1) as thread:
        assert said(other) == "held"
        waiting = thread.submit(ground.locks.wait_for, PLACE, timeout=PATIENCE)
        os.kill(other.pid, signal.SIGKILL)
        waiting.result(PATIENCE).release()


def test_waiting_ends_with_busy_when_nobody_lets_go(ground: Ground) -> None:
    begun = time.monotonic()
    with ground.taken(), pytest.raises(StorageBusy, match=r"not free within 0\.05 s"):
        ground.locks.wait_for(PLACE, timeout=0.05)
    assert time.monotonic() - begun >= 0.05


# --- files -----------------------------------------------------------------------------------------------------


def test_files_are_for_their_owner_alone(ground: Ground) -> None:
    with ground.taken():
        for path in ground.path.parent.rglob("*"):
            wanted = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted


def test_locks_that_are_nobodys_leave_no_files_behind(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "jobboy.db.lock", "flock")
    with ground.another_program() as other:
        assert said(other) == "held"
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    left = [tmp_path / "jobboy.db.locks" / str(PLACE)]
    with ground.taken(PLACE + 1), ground.taken(MANAGEMENT_PLACE):
        assert left[0].exists()
        open_locks(ground.path, kind="flock")
        assert not left[0].exists()
        assert ground.locks.is_taken(PLACE + 1)
    names = {path.name for path in (tmp_path / "jobboy.db.locks").iterdir()}
    assert names == {str(MANAGEMENT_PLACE)}


@pytest.mark.skipif(sys.platform != "linux", reason="open file description locks are Linux")
def test_a_replaced_lock_file_is_noticed_before_anybody_looks_dead(tmp_path: Path) -> None:
    path = tmp_path / "jobboy.db.lock"
    locks = open_locks(path)
    lock = locks.take(PLACE)
    path.rename(tmp_path / "moved")
    for act in (locks.take, locks.is_taken):
        with pytest.raises(DatabaseReplaced):
            act(PLACE)
    open_locks(path).close()
    for act in (locks.take, locks.is_taken):
        with pytest.raises(DatabaseReplaced):
            act(PLACE)
    assert lock is not None
    lock.release()
    locks.close()


def test_a_lock_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageNotReachable, match=r"cannot open the lock file .*link"):
        open_locks(tmp_path / "link", kind=KINDS[0])
    with pytest.raises(StorageNotReachable, match=r"there is no folder .*missing: make it"):
        open_locks(tmp_path / "missing" / "jobboy.db.lock", kind=KINDS[0])
    assert not (tmp_path / "elsewhere").exists()


def test_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="ofd or flock"):
        open_locks(tmp_path / "jobboy.db.lock", kind="lockf")


MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /srv rw,relatime shared:5 - nfs4 nas:/srv rw
31 30 0:41 / /srv/local\\040disk rw,relatime - xfs /dev/vdb rw
32 22 0:42 / /mnt rw - ext4 /dev/vdc rw
33 22 0:43 / /mnt rw - cifs //nas/mnt rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"),
        ("/srv", "nfs4"),
        ("/srv/jobs", "nfs4"),
        ("/srvx", "ext4"),
        ("/srv/local disk/jobs", "xfs"),
        ("/mnt/jobs", "cifs"),
    ],
)
def test_the_nearest_mount_tells_the_file_system(folder: str, kind: str) -> None:
    assert file_system_type(folder, MOUNTS) == kind


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_a_network_file_system_is_refused_unless_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"30 22 0:40 / {tmp_path} rw - nfs4 nas:/srv rw\n")
    monkeypatch.setattr("jobboy.locks.lock_file._MOUNTS", mounts)
    with pytest.raises(StorageError, match="JOBBOY_ALLOW_NETWORK_FILESYSTEM=1"):
        open_locks(tmp_path / "jobboy.db.lock")
    monkeypatch.setenv("JOBBOY_ALLOW_NETWORK_FILESYSTEM", "1")
    open_locks(tmp_path / "jobboy.db.lock").close()


def test_both_kinds_satisfy_the_port(ground: Ground) -> None:
    locks: Locks = ground.locks
    with ground.taken() as lock:
        assert lock.fileno() > 2
    assert not locks.is_taken(PLACE)


# --- the bell --------------------------------------------------------------------------------------------------


@pytest.fixture(params=[InotifyListener, LookingListener] if sys.platform == "linux" else [LookingListener])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    listener = request.param(LockFile(tmp_path / "jobboy.db.lock"))
    yield listener
    listener.close()


@pytest.fixture
def bell_path(tmp_path: Path) -> Path:
    return tmp_path / "jobboy.db.lock"


@pytest.fixture
def bell(bell_path: Path) -> Iterator[Bell]:
    with closing(open_bell(bell_path)) as opened:
        yield opened


def test_a_ring_wakes_a_waiting_listener_in_another_program(listener: Listener, bell_path: Path) -> None:
    with program(WAKER, str(bell_path)) as other:
        assert other.stdin is not None
        for _ in range(9):
            other.stdin.write("ring\n")
            other.stdin.flush()
            assert listener.wait(PATIENCE)


def test_a_ring_before_the_wait_is_heard_once(listener: Listener, bell: Bell) -> None:
    for _ in range(5):
        bell.ring()
    assert listener.wait(0)
    assert not listener.wait(0.03)
    bell.ring()
    assert listener.wait(0)


def test_nothing_rings_by_itself(listener: Listener, bell_path: Path) -> None:
    locks = open_locks(bell_path, kind=KINDS[0])
    with locks.wait_for(PLACE, timeout=PATIENCE):
        locks.is_taken(PLACE)
    locks.close()
    assert not listener.wait(0.03)


def test_an_interrupted_wait_returns_at_once_and_only_once(listener: Listener) -> None:
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(listener.wait, 100 * PATIENCE)
        listener.interrupt()
        assert waiting.result(PATIENCE) is False
    begun = time.monotonic()
    assert listener.wait(0.03) is False
    assert time.monotonic() - begun >= 0.03


def test_a_ring_never_fails(bell: Bell, bell_path: Path) -> None:
    bell_path.unlink()
    bell.ring()
    bell_path.mkdir()
    bell.ring()


def test_an_interrupt_after_closing_does_nothing(listener: Listener) -> None:
    listener.close()
    listener.interrupt()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells on Linux")
def test_the_bell_is_heard_through_the_kernel(bell: Bell) -> None:
    listener = bell.listen()
    assert isinstance(listener, InotifyListener)
    bell.ring()
    assert listener.wait(PATIENCE)
    listener.close()
