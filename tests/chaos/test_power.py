"""The short form of `python -m tests.chaos.power`, and what its model of a disk is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.chaos.power import cut_often
from tests.chaos.power_disk import SECTOR, Call, Disk, Record
from tests.chaos.shims import NoCompiler

FILE, THREAD = 7, 1


def test_p1_full_durability_loses_nothing_acknowledged_when_the_power_is_cut() -> None:
    try:
        tallies = cut_often("full", seed=1, cuts=6, cuts_of_run=6, longest=1.0)
    except NoCompiler as error:
        pytest.skip(str(error))
    assert sum(one.acknowledged for one in tallies.values())
    assert [one.lost for one in tallies.values()] == [0, 0]
    assert [one.damaged for one in tallies.values()] == [[], []]


def test_the_disk_keeps_what_was_synced_and_nothing_else(tmp_path: Path) -> None:
    disk = a_disk()
    write(disk, 0, b"kept")
    sync(disk, FILE)
    write(disk, 0, b"lost")

    disk.cut(tmp_path)

    assert (tmp_path / "file").read_bytes() == b"kept"


def test_the_disk_loses_what_was_written_while_a_sync_was_under_way(tmp_path: Path) -> None:
    disk = a_disk()
    disk.follow(record(Call.SYNC_BEGINS))
    write(disk, 0, b"late")
    disk.follow(record(Call.SYNC_ENDS))

    disk.cut(tmp_path)

    assert (tmp_path / "file").read_bytes() == b""


def test_the_disk_forgets_names_whose_folder_was_not_synced(tmp_path: Path) -> None:
    disk = a_disk()
    disk.follow(record(Call.CREATE, inode=8, name="new"))
    disk.follow(record(Call.UNLINK, name="file"))

    disk.cut(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_busy_disk_tears_writes_at_its_sectors(tmp_path: Path) -> None:
    disk, size = a_disk(), 64 * SECTOR
    write(disk, 0, b"a" * size)
    sync(disk, FILE)
    write(disk, 0, b"b" * size)
    seen = set()
    for seed in range(20):
        disk.cut_with_leftovers(tmp_path, random.Random(seed))
        contents = (tmp_path / "file").read_bytes()
        sectors = [contents[place : place + SECTOR] for place in range(0, size, SECTOR)]
        assert set(sectors) <= {b"a" * SECTOR, b"b" * SECTOR}
        seen.add(len(set(sectors)))

    assert seen == {1, 2}, "whole ones and torn ones"


def a_disk() -> Disk:
    disk = Disk()
    disk.follow(record(Call.CREATE, name="file"))
    sync(disk, 0)
    return disk


def write(disk: Disk, offset: int, data: bytes) -> None:
    disk.follow(record(Call.WRITE, offset=offset, data=data))


def sync(disk: Disk, inode: int) -> None:
    disk.follow(record(Call.SYNC_BEGINS, inode=inode))
    disk.follow(record(Call.SYNC_ENDS, inode=inode))


def record(call: Call, *, inode: int = FILE, offset: int = 0, name: str = "", data: bytes = b"") -> Record:
    return Record(call, THREAD, inode, offset, name, data)
