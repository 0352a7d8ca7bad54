"""The protocol between worker and child, byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.runners.frames import MAX_BYTES, BrokenFrame, Frames, Layout

LAYOUT = Layout(2)


@given(st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=9)), max_size=3), st.integers(1, 20))
def test_parts_arrive_as_they_were_written_however_they_are_cut(sent: list[tuple[bytes, bytes]], size: int) -> None:
    written = b"".join(LAYOUT.frame(*parts) for parts in sent)
    frames, arrived = Frames(LAYOUT), []
    for start in range(0, len(written), size):
        frames.add(written[start : start + size])
        while (parts := frames.next()) is not None:
            arrived.append(tuple(parts))
    assert arrived == sent


def test_several_frames_that_arrive_at_once_are_read_one_by_one() -> None:
    frames = Frames(LAYOUT)
    frames.add(LAYOUT.frame(b"a", b"") + LAYOUT.frame(b"", b"b"))
    assert frames.next() == [b"a", b""]
    assert frames.has_more
    assert [frames.next(), frames.next()] == [[b"", b"b"], None]
    assert not frames.has_more


@pytest.mark.parametrize("arrived", [b"\xff" * 8, b"HTTP/1.1 200 OK", LAYOUT.lengths.pack(MAX_BYTES, 0)])
def test_what_is_longer_than_any_frame_is_broken(arrived: bytes) -> None:
    frames = Frames(LAYOUT)
    frames.add(arrived)
    with pytest.raises(BrokenFrame):
        frames.next()
