"""What every kind of lock promises for hands: many places held together, and notes of what has not begun."""

from __future__ import annotations

import errno
import io
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobboy.errors import StorageNotReachable
from jobboy.locks import ahead, open_locks
from jobboy.locks.ahead import AheadNotes
from jobboy.locks.lock_file import file_system_of
from jobboy.ports import process_place
from tests.conformance.test_locks import KINDS, PLACE, Ground, program, said, wait_until

PLACES = [process_place(number, 3) for number in (1, 2, 40, 65_000)]
SHARES_A_NOTE = process_place(42 + 65_536, 7)

BUNDLER = """
import sys
from pathlib import Path
from jobboy.locks import open_locks
locks = open_locks(Path(sys.argv[1]), kind=sys.argv[2])
bundle = locks.bundle()
places = [int(place) for place in sys.argv[3:]]
print("held" if all([bundle.take(place) and locks.mark_ahead(place) for place in places]) else "refused", flush=True)
sys.stdin.read()
"""

FORKER = """
import ctypes, os, sys
from pathlib import Path
from jobboy.locks import ofd, open_locks
locks = open_locks(Path(sys.argv[1]), kind=sys.argv[2])
locks.bundle().release()
fork = ctypes.PyDLL(None).fork  # as a library written in C does it
if fork() == 0:
    os.read(0, 1)  # outlives its parent, until the test is over
    os._exit(0)
ofd._KEPT_FOR = 0.0  # a moment later
bundle = locks.bundle()
print("held" if bundle.take(int(sys.argv[3])) else "refused", flush=True)
sys.stdin.read()
"""

ASKER = """
import sys
from pathlib import Path
from jobboy.locks import open_locks
locks = open_locks(Path(sys.argv[1]), kind=sys.argv[2])
print(locks.is_ahead(int(sys.argv[3])), flush=True)
"""


@pytest.fixture(params=[*KINDS, "written"])
def ground(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """Each kind of locks with notes that are mapped, and one with notes that are written."""
    is_written = request.param == "written"
    mapped_on = frozenset() if is_written else frozenset({file_system_of(tmp_path)})
    monkeypatch.setattr(ahead, "_RESERVING", mapped_on)
    ground = Ground(tmp_path / "jobboy.db.lock", KINDS[0] if is_written else request.param)
    yield ground
    ground.locks.close()


@contextmanager
def no_file_longer_than(length: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def notes_of(ground: Ground) -> Path:
    return ground.path.with_suffix(".ahead")


def taken(ground: Ground) -> set[int]:
    return {place for place in PLACES if ground.locks.is_taken(place)}


# --- many places together --------------------------------------------------------------------------------------


def test_a_bundle_holds_several_places_against_this_program_until_it_is_released(ground: Ground) -> None:
    bundle = ground.locks.bundle()
    with ground.locks.bundle() as other:
        assert [bundle.take(place) for place in PLACES] == [True] * 4
        assert taken(ground) == set(PLACES)
        assert [other.take(place) for place in PLACES] == [False] * 4
        assert ground.locks.take(PLACES[2]) is None
        assert other.take(PLACE)
    assert not ground.locks.is_taken(PLACE)
    bundle.release()
    bundle.release()
    assert not taken(ground)


def test_a_bundle_takes_what_is_free_and_leaves_what_is_not(ground: Ground) -> None:
    with ground.taken(PLACES[1]), ground.locks.bundle() as bundle:
        assert [bundle.take(place) for place in PLACES] == [True, False, True, True]
    assert not taken(ground)


def test_a_bundle_excludes_other_programs_and_is_excluded_by_theirs(ground: Ground) -> None:
    arguments = [str(ground.path), ground.kind, *map(str, PLACES)]
    with ground.locks.bundle() as bundle:
        assert bundle.take(PLACES[3])
        with program(BUNDLER, *arguments) as other:
            assert said(other) == "refused"
    with program(BUNDLER, *arguments) as other, ground.locks.bundle() as bundle:
        assert said(other) == "held"
        assert [bundle.take(place) for place in PLACES] == [False] * 4


def test_kill_9_frees_all_places_of_a_bundle(ground: Ground) -> None:
    with program(BUNDLER, str(ground.path), ground.kind, *map(str, PLACES)) as other:
        assert said(other) == "held"
        assert taken(ground) == set(PLACES)
        os.kill(other.pid, signal.SIGKILL)
        wait_until(lambda: not taken(ground))
    with ground.locks.bundle() as bundle:
        assert all(bundle.take(place) for place in PLACES)


def test_a_bundle_refuses_to_be_handed_to_a_child(ground: Ground) -> None:
    with ground.locks.bundle() as bundle:
        assert bundle.take(PLACE)
        with pytest.raises(ValueError, match="not one to be handed on"):
            bundle.fileno()


def test_what_a_bundle_keeps_open_serves_the_next_ones_and_is_closed_in_the_end(ground: Ground) -> None:
    def open_after_two_bundles() -> int:
        with ground.locks.bundle() as bundle:
            assert all(bundle.take(place) for place in PLACES)
            with ground.locks.bundle() as other:
                assert not other.take(PLACES[0])
        return len(os.listdir("/dev/fd"))

    before = len(os.listdir("/dev/fd"))
    open_at_first = open_after_two_bundles()
    assert [open_after_two_bundles() for _ in range(3)] == [open_at_first] * 3
    late = ground.locks.bundle()
    ground.locks.close()
    late.release()
    assert len(os.listdir("/dev/fd")) <= before


def test_releasing_a_bundle_once_more_frees_nothing_of_the_one_that_came_after_it(ground: Ground) -> None:
    first = ground.locks.bundle()
    assert first.take(PLACES[0])
    first.release()
    with ground.locks.bundle() as second:
        assert second.take(PLACES[1])
        first.release()
        assert taken(ground) == {PLACES[1]}


def test_a_fork_that_nobody_tells_python_of_keeps_nothing_alive_that_is_locked_later(ground: Ground) -> None:
    with program(FORKER, str(ground.path), ground.kind, str(PLACE)) as other:
        assert said(other) == "held"
        assert ground.locks.is_taken(PLACE)
        os.kill(other.pid, signal.SIGKILL)
        wait_until(lambda: not ground.locks.is_taken(PLACE))


def test_a_bundle_says_that_a_place_cannot_be_locked_and_keeps_what_it_has(ground: Ground) -> None:
    with ground.locks.bundle() as bundle:
        assert bundle.take(PLACE)
        with pytest.raises(StorageNotReachable):
            bundle.take(-1 if ground.kind == "ofd" else 10**300)  # no byte, and no file name
        assert ground.locks.is_taken(PLACE)


# --- notes of what has not begun -------------------------------------------------------------------------------


def test_what_is_noted_as_ahead_has_not_begun_until_it_is_said_to(ground: Ground) -> None:
    assert not ground.locks.is_ahead(PLACE)
    assert ground.locks.mark_ahead(PLACE)
    assert ground.locks.is_ahead(PLACE)
    assert not ground.locks.is_ahead(PLACE + 1)  # the next claim of the same process
    ground.locks.mark_begun(PLACE)
    assert not ground.locks.is_ahead(PLACE)


def test_a_note_survives_kill_9_of_its_writer_and_every_program_reads_it(ground: Ground) -> None:
    with program(BUNDLER, str(ground.path), ground.kind, str(PLACE)) as writer:
        assert said(writer) == "held"
        os.kill(writer.pid, signal.SIGKILL)
    assert ground.locks.is_ahead(PLACE)
    with program(ASKER, str(ground.path), ground.kind, str(PLACE)) as asker:
        assert said(asker) == "True"
    ground.locks.mark_begun(PLACE)
    with program(ASKER, str(ground.path), ground.kind, str(PLACE)) as asker:
        assert said(asker) == "False"


def test_a_note_from_before_a_restart_of_the_machine_is_not_believed(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert ground.locks.mark_ahead(PLACE)
    boot = tmp_path / "boot_id"
    boot.write_text("0e4d1b7c-9f6a-4c1e-8a52-3f7d6b21c905\n")
    monkeypatch.setattr(ahead, "_BOOT", boot)
    restarted = open_locks(ground.path, kind=ground.kind)
    assert not restarted.is_ahead(PLACE)
    assert restarted.mark_ahead(PLACE)
    assert restarted.is_ahead(PLACE)
    restarted.close()


def test_numbers_that_share_a_note_count_as_begun_when_in_doubt(ground: Ground) -> None:
    assert ground.locks.mark_ahead(PLACE)
    assert ground.locks.mark_ahead(SHARES_A_NOTE)
    assert not ground.locks.is_ahead(PLACE)
    assert ground.locks.is_ahead(SHARES_A_NOTE)
    ground.locks.mark_begun(PLACE)  # not its note any more
    assert ground.locks.is_ahead(SHARES_A_NOTE)
    ground.locks.mark_begun(SHARES_A_NOTE)
    assert not ground.locks.is_ahead(SHARES_A_NOTE)


def test_a_machine_that_does_not_tell_of_its_restarts_keeps_no_notes(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ahead, "_BOOT", tmp_path / "nothing")
    elsewhere = open_locks(ground.path, kind=ground.kind)
    assert not elsewhere.mark_ahead(PLACE)
    assert not elsewhere.is_ahead(PLACE)
    elsewhere.mark_begun(PLACE)
    elsewhere.close()


def test_where_no_file_can_be_made_nothing_is_noted_and_work_may_begin(ground: Ground) -> None:
    gone = AheadNotes(notes_of(ground).parent / "no-such-folder" / "jobboy.db.ahead")
    assert not gone.keep(PLACE)
    assert not gone.has(PLACE)
    gone.erase(PLACE)
    gone.close()


def test_notes_that_may_not_be_written_are_none_and_work_does_not_begin_in_doubt(ground: Ground) -> None:
    assert ground.locks.mark_ahead(PLACE)
    target = notes_of(ground).rename(notes_of(ground).with_suffix(".elsewhere"))
    notes_of(ground).symlink_to(target)  # opened by nobody, not even by root: a link could lead anywhere
    other = open_locks(ground.path, kind=ground.kind)
    assert not other.mark_ahead(PLACE)
    assert not other.is_ahead(PLACE)
    with pytest.raises(StorageNotReachable):
        other.mark_begun(PLACE)
    other.close()


def test_beginning_what_was_never_noted_writes_nothing(ground: Ground) -> None:
    ground.locks.mark_begun(PLACE)
    assert notes_of(ground).stat().st_size == 0
    assert ground.locks.mark_ahead(process_place(1, 1))
    length = notes_of(ground).stat().st_size
    ground.locks.mark_begun(process_place(60_000, 1))
    assert notes_of(ground).stat().st_size == length  # a full disk keeps nobody from beginning


def test_where_no_file_of_notes_can_be_made_work_begins_all_the_same(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, flags: int = 0) -> io.FileIO:
        raise OSError(errno.ENOSPC, "No space left on device") if flags else FileNotFoundError(str(path))

    monkeypatch.setattr(ahead, "open_private", refuse)
    ground.locks.mark_begun(PLACE)
    assert not ground.locks.mark_ahead(PLACE)


def test_while_there_is_no_room_no_note_is_kept_and_work_begins_all_the_same(ground: Ground) -> None:
    with no_file_longer_than(16):
        assert not ground.locks.mark_ahead(PLACE)
        ground.locks.mark_begun(PLACE)
    assert not ground.locks.is_ahead(PLACE)
    assert ground.locks.mark_ahead(PLACE)
    assert ground.locks.is_ahead(PLACE)


def test_room_for_all_notes_is_there_before_the_first_is_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_RESERVING", frozenset({file_system_of(tmp_path)}))
    notes = AheadNotes(tmp_path / "jobboy.db.ahead")
    assert notes.keep(PLACE)
    found = notes.path.stat()
    assert found.st_blocks * 512 >= found.st_size == 65_536 * 16
    with no_file_longer_than(16):  # nothing grows any more
        assert all(notes.keep(process_place(number, 1)) for number in range(0, 65_536, 250))
    notes.close()


def test_programs_that_map_notes_and_programs_that_write_them_keep_the_same_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, places = tmp_path / "jobboy.db.ahead", PLACES[:2]
    written, mapped = AheadNotes(path), AheadNotes(path)
    monkeypatch.setattr(ahead, "_RESERVING", frozenset())
    assert written.keep(places[0])
    monkeypatch.setattr(ahead, "_RESERVING", frozenset({file_system_of(tmp_path)}))
    assert mapped.keep(places[1])
    assert [mapped.has(place) for place in places] == [written.has(place) for place in places] == [True, True]
    mapped.erase(places[0])
    written.erase(places[1])
    assert [mapped.has(place) for place in places] == [written.has(place) for place in places] == [False, False]
    written.close()
    mapped.close()
    assert mapped.keep(places[0])
    assert written.has(places[0])
    mapped.close()


def test_notes_are_for_their_owner_alone(ground: Ground) -> None:
    assert ground.locks.mark_ahead(PLACE)
    assert notes_of(ground).stat().st_mode & 0o777 == 0o600
