"""The profile of turns and starts: each sample is counted once, for the part of the engine that was at work."""

from __future__ import annotations

from tests.benchmarks.profile import WHOLES, parts

_TURN = "run (threading.py:1);IterationMaker.work_through (jobboy/engine/iteration_maker.py:84)"
_ITERATE = f"{_TURN};ProcessIterator.iterate (jobboy/engine/process_iterator.py:92)"


def test_samples_are_added_up_by_part() -> None:
    samples = [
        f"{_ITERATE};PipelinePerformer.perform (jobboy/engine/pipeline.py:190);moved (jobboy/x.py:1) 3",
        f"{_ITERATE};reach (jobboy/failpoints.py:70) 2",
        f"{_TURN};Session.write_all (jobboy/storage/statements.py:60) 4",
        f"{_TURN};Session.write_all (jobboy/storage/statements.py:60);Prepared.bound (jobboy/storage/texts.py:80) 1",
        f"{_TURN};Hand.next (jobboy/engine/hand.py:50) 5",
        "main (tests/benchmarks/program.py:20);start_many (jobboy/app.py:300) 100",
    ]
    assert parts(samples) == {
        "the turn: step, its output checked, records": 3,
        "the turn: handler found, fences": 2,
        "statements, begin and commit": 4,
        "columns to parameters of statements": 1,
        "the rest: hands, transactions, loops": 5,
    }


def test_samples_of_a_start_are_added_up_by_part() -> None:
    start = "Operations.start (jobboy/operations/door.py:77);start (jobboy/operations/starting.py:46)"
    write = f"{start};_keep (jobboy/operations/starting.py:97);Writer.run (jobboy/storage/writer.py:130)"
    samples = [
        f"{write};_Channel.commit (jobboy/storage/sqlite.py:299) 7",
        f"{write};PreparedAlike.write (jobboy/storage/starts.py:72);Session.run (jobboy/storage/statements.py:73) 5",
        f"{write};Shelter.__enter__ (jobboy/sheltering.py:90) 2",
        f"{start};_document (jobboy/operations/starting.py:170);write_json (jobboy/model/json_rules.py:42) 3",
        f"{start} 1",
        "IterationMaker.work_through (jobboy/engine/iteration_maker.py:84) 100",
    ]
    assert parts(samples, WHOLES["start"]) == {
        "SQLite: commit": 7,
        "SQLite: rows and events": 5,
        "sharing the commit with other threads": 2,
        "parameters checked, as JSON": 3,
        "the rest: the door, the clock, loops": 1,
    }
