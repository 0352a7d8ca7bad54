"""The last words of a child."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from jobboy.runners.output import Output


@pytest.fixture
def output() -> Iterator[Output]:
    output = Output()
    yield output
    output.close()


def test_nothing_was_printed(output: Output) -> None:
    assert output.last_lines() == []


def test_the_last_twenty_lines_are_kept_and_empty_ones_are_not(output: Output) -> None:
    os.write(output.fileno(), "".join(f"line {number}\n\n" for number in range(50)).encode())
    assert output.last_lines() == [f"line {number}" for number in range(30, 50)]


def test_a_line_of_megabytes_is_cut(output: Output) -> None:
    os.write(output.fileno(), b"x" * 3_000_000 + b"\nlast")
    assert output.last_lines() == ["x" * 500, "last"]


def test_bytes_that_no_database_keeps_as_text_are_replaced(output: Output) -> None:
    os.write(output.fileno(), b"a\x00b\xffc\xed\xa0\x80d")
    (line,) = output.last_lines()
    assert line.encode().decode() == line
    assert "\0" not in line
    assert (line[0], line[-1]) == ("a", "d")


def test_after_clearing_writing_goes_on_at_the_beginning(output: Output) -> None:
    os.write(output.fileno(), b"of the step before\n")
    output.clear()
    os.write(output.fileno(), b"of this step\n")
    assert os.fstat(output.fileno()).st_size == len(b"of this step\n")
    assert output.last_lines() == ["of this step"]
