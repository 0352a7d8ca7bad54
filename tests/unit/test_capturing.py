"""What a turn says is caught, bounded, and never breaks it."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from jobboy.capturing import Capture, current, listen
from jobboy.model.logs import LONGEST_LINE, MOST_CHARACTERS, MOST_LINES

LOG = logging.getLogger("shop.orders")


@pytest.fixture(autouse=True)
def listening() -> None:
    listen()
    listen()  # as every worker of a program does
    LOG.setLevel(logging.INFO)


def test_records_of_the_turn_are_caught_once_with_level_name_and_traceback() -> None:
    with Capture() as capture:
        LOG.info("%d orders", 3)
        try:
            raise ValueError("no price")
        except ValueError:
            LOG.exception("row %s", 12)
    lines = (capture.text() or "").split("\n")
    assert lines[0][12:] == " INFO shop.orders: 3 orders"
    assert lines[1].endswith("ERROR shop.orders: row 12")
    assert lines[-1] == "ValueError: no price"
    assert capture.text() == "\n".join(lines), "the second listener changed nothing"


def test_who_says_nothing_keeps_nothing() -> None:
    with Capture() as capture:
        LOG.debug("kept out by its level")
    LOG.info("after the turn")
    assert capture.text() is None
    assert current() is None


def test_other_threads_are_not_caught_and_coroutines_are() -> None:
    async def said() -> None:
        await asyncio.to_thread(LOG.info, "from a thread of the coroutine")

    with Capture() as capture:
        other = threading.Thread(target=LOG.info, args=["from another turn"])
        other.start()
        other.join()
        asyncio.run(said())
    assert (capture.text() or "").endswith("from a thread of the coroutine")
    assert "another turn" not in (capture.text() or "")


class Broken:
    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_a_record_that_cannot_be_written_does_not_end_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LOG, "propagate", False)  # the test's own handler raises what it cannot write
    monkeypatch.setattr(logging, "lastResort", None)
    with Capture() as capture:
        capture.add("before")
        LOG.info("%s", Broken())
        LOG.info("%d", "no number")
    assert (capture.text() or "").split("\n") == [
        "before",
        "a record of shop.orders could not be written: RuntimeError",
        "a record of shop.orders could not be written: TypeError",
    ]


def test_the_first_lines_give_way_and_are_counted() -> None:
    capture = Capture()
    for number in range(MOST_LINES + 7):
        capture.add(f"line {number}")
    assert capture.left_out == 7
    assert (capture.text() or "").startswith("line 7\n")


def test_long_lines_and_long_texts_are_bounded() -> None:
    capture = Capture()
    capture.add("x" * (LONGEST_LINE + 1))
    assert (capture.text() or "")[-2:] == "x…"
    for _ in range(40):
        capture.add("y" * LONGEST_LINE)
    assert len(capture.text() or "") <= MOST_CHARACTERS
    assert capture.left_out + len((capture.text() or "").split("\n")) == 41


def test_handlers_of_the_app_get_the_record_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    with Capture(), caplog.at_level(logging.INFO):
        LOG.info("%s orders", 3)
    assert caplog.messages == ["3 orders"]
    assert caplog.records[-1].args == (3,)
