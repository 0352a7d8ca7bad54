"""The protocol between worker and child, byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.model.documents import Parameters
from jobboy.runners.frames import BrokenFrame, Frames, frame, write_object, write_value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=3), max_size=3), st.integers(1, 20))
def test_objects_arrive_as_they_were_written_however_they_are_cut(
    objects: list[dict[str, object]], size: int
) -> None:
    sent = b"".join(frame(write_value(value)) for value in objects)
    frames, arrived = Frames(), []
    for start in range(0, len(sent), size):
        frames.add(sent[start : start + size])
        while (value := frames.next()) is not None:
            arrived.append(value)
    assert arrived == objects


def test_several_frames_that_arrive_at_once_are_read_one_by_one() -> None:
    frames = Frames()
    frames.add(frame('{"a":1}') + frame('{"b":2}'))
    assert [frames.next(), frames.next(), frames.next()] == [{"a": 1}, {"b": 2}, None]


@pytest.mark.parametrize("text", ["[]", "null", "3", "{", "", '{"a":}'])
def test_what_is_no_object_is_broken(text: str) -> None:
    frames = Frames()
    frames.add(frame(text))
    with pytest.raises(BrokenFrame):
        frames.next()


@pytest.mark.parametrize("arrived", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x02\xff\xfe", b"HTTP/1.1 200 OK"])
def test_what_another_program_writes_is_broken(arrived: bytes) -> None:
    frames = Frames()
    frames.add(arrived)
    with pytest.raises(BrokenFrame):
        frames.next()


def test_texts_are_put_together_without_being_read() -> None:
    assert write_object(a='{"b":1}', c="null") == '{"a":{"b":1},"c":null}'
    assert write_value(Parameters({"rows": [1]})) == '{"rows":[1]}'
