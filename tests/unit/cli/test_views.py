"""How states, ages, changes and whole processes are told to people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from jobboy.cli.event_views import changes, print_event, print_event_line
from jobboy.cli.explanation_views import print_explanation
from jobboy.cli.process_views import print_details, print_list
from jobboy.cli.words import age, fine_length, length, state_word, value_text
from jobboy.model.documents import Parameters, ProcessStore, Reports
from jobboy.model.events import Event, EventKind
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.operations import Details
from jobboy.operations.explaining import Circumstances, explain

NOW = datetime(2026, 7, 25, 12, 0, tzinfo=UTC)
ID = "019838d2-7b5c-7c3e-9d52-3f9a77c1d02b"
HOSTILE = "[/x]\x1b]0;owned\x07[@click=app.quit]x[/]\u202e"


def a_process(**changes: Any) -> Process:
    process = Process(
        number=1,
        id=ID,
        code="import",
        status=ProcessStatus.RUNNING,
        created_at=NOW - timedelta(hours=3),
        updated_at=NOW - timedelta(minutes=5),
        turn_at=NOW,
    )
    return replace(process, **changes)


def an_event(**changes: Any) -> Event:
    event = Event(
        seq=7,
        process_id=ID,
        at=NOW,
        kind=EventKind.STEP_COMPLETED,
        actor="worker:host:1:ab",
        reason=None,
        step="load",
        attempt=2,
        before=None,
        after=None,
    )
    return replace(event, **changes)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, "running"),
        ({"handled": True, "stuck": True}, "stuck"),
        ({"handled": True, "deadline_at": NOW - timedelta(seconds=1)}, "stalled"),
        ({"handled": True, "deadline_at": NOW + timedelta(seconds=1)}, "running"),
        ({"paused": True}, "paused"),
        ({"wait_until": NOW + timedelta(hours=1)}, "waiting"),
        ({"wait_until": NOW - timedelta(hours=1)}, "running"),
        ({"status": ProcessStatus.FAILED}, "failed"),
    ],
)
def test_the_strange_is_told_before_the_usual(changed: dict[str, Any], word: str) -> None:
    assert state_word(a_process(**changed), NOW) == word


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0s"), (59.9, "59s"), (60, "1m"), (7200, "2h"), (86400 * 12, "12d"), (-5, "0s")]
)
def test_durations_are_told_by_their_largest_unit(seconds: float, told: str) -> None:
    assert length(timedelta(seconds=seconds)) == told


@pytest.mark.parametrize(("seconds", "told"), [(0.0021, "2ms"), (3.44, "3.4s"), (61, "1m"), (-1, "0ms")])
def test_short_durations_are_told_finely(seconds: float, told: str) -> None:
    assert fine_length(timedelta(seconds=seconds)) == told


def test_moments_are_told_by_how_far_away_they_are() -> None:
    assert age(NOW - timedelta(minutes=3), NOW) == "3m"
    assert age(NOW + timedelta(hours=2), NOW) == "in 2h"
    assert age(None, NOW) == "-"


def test_values_are_one_safe_line() -> None:
    assert value_text({"a": [1, "\x1b"]}) == '{"a": [1, "\\u001b"]}'
    assert value_text("two\nlines") == "two␊lines"


def test_changes_are_told_key_by_key_at_every_depth() -> None:
    before = {"status": "running", "store": {"a": {"b": 1}, "gone": [1]}, "error": None}
    after = {"status": "ending", "store": {"a": {"b": 2}, "new": {"c": 3}}, "error": "ValueError: x"}
    told = {path: (was, became) for path, was, became in changes(before, after)}
    assert set(told) == {"status", "store.a.b", "store.gone", "store.new.c", "error"}
    assert told["status"] == ("running", "ending")
    assert told["store.a.b"] == (1, 2)


def test_an_event_is_printed_with_its_reason_and_every_change(capsys: pytest.CaptureFixture[str]) -> None:
    print_event(an_event(reason="because", before={"store": {"rows": 1, "x": 2}}, after={"store": {"rows": 5}}))
    assert capsys.readouterr().out.splitlines() == [
        "2026-07-25 12:00:00.000Z  step_completed load attempt 2  by worker:host:1:ab",
        "    reason: because",
        "    store.rows: 1 → 5",
        "    store.x: removed, was 2",
    ]


def a_cause(attempt: int) -> dict[str, Any]:
    return {"kind": "signal", "signal": "SIGSEGV", "attempt": attempt, "pid": 120 + attempt, "last_lines": ["x"]}


def test_a_crash_is_told_in_words_and_not_key_by_key(capsys: pytest.CaptureFixture[str]) -> None:
    crash = an_event(
        kind=EventKind.CRASHED, before={"stuck_cause": a_cause(1)}, after={"stuck_cause": a_cause(2)}, attempt=2
    )
    print_event(crash)
    print_event_line(replace(crash, before={"stuck_cause": None}))
    first, change, line = capsys.readouterr().out.splitlines()
    assert first.endswith("crashed load attempt 2  by worker:host:1:ab")
    assert change == "    cause: killed by SIGSEGV, attempt 2, pid 122"
    assert "crashed load attempt 2       cause: killed by SIGSEGV" in line


def test_a_removal_tells_what_was_removed_and_not_its_id_again(capsys: pytest.CaptureFixture[str]) -> None:
    removed = {"id": ID, "code": "import", "status": "failed"}
    print_event_line(an_event(kind=EventKind.PRUNED, step=None, before=removed))
    print_event_line(an_event(kind=EventKind.PRUNED, step=None, process_id=None, after={"pruned": 13}))
    told = [line.split(maxsplit=3)[1:] for line in capsys.readouterr().out.splitlines()]
    assert told == [
        ["77c1d02b", "pruned", "removed, was failed"],
        ["all", "work", "pruned                       pruned: 13"],
    ]


def test_an_event_of_the_feed_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_event_line(an_event(after={"store": {"rows": 5}}))
    print_event_line(an_event(process_id=None, kind=EventKind.WORK_PAUSED, step=None, reason="a\nb"))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["12:00:00", "77c1d02b", "step_completed", "load", "attempt", "2", "store.rows:", "5"],
        ["12:00:00", "all", "work", "work_paused"],
    ]


def test_long_values_are_cut_to_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_event(an_event(after={"store": {"text": "x" * 5000}}))
    last = capsys.readouterr().out.splitlines()[-1]
    assert len(last) <= 160
    assert last.endswith("…")


def test_p12_nothing_stored_can_act(capsys: pytest.CaptureFixture[str]) -> None:
    process = a_process(
        code=HOSTILE,
        error=HOSTILE,
        handled=True,
        stuck=True,
        handled_by=HOSTILE,
        step=HOSTILE,
        key=HOSTILE,
        stuck_cause={HOSTILE: HOSTILE, "last_lines": [HOSTILE]},
        parameters=Parameters({HOSTILE: HOSTILE}),
        store=ProcessStore({"a": {HOSTILE: [HOSTILE]}}),
        reports=Reports({"reason": {"traceback": f"{HOSTILE}\n{HOSTILE}"}}),
    )
    step = StepRecord(position=0, name=HOSTILE, status=StepStatus.FAILED, error=HOSTILE)
    print_details(Details(process, [step]), NOW)
    print_list([process], NOW)
    event = an_event(actor=HOSTILE, reason=HOSTILE, step=HOSTILE, after={HOSTILE: HOSTILE})
    print_event(event)
    print_event_line(event)
    print_explanation(explain(process, Circumstances(now=NOW, steps=[step])))
    printed = capsys.readouterr().out
    assert "[@click=app.quit]x[/]" in printed
    assert not {"\x1b", "\x07", "\u202e"} & set(printed)


def test_a_long_document_is_cut_and_says_where_it_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    process = a_process(store=ProcessStore({f"key{index}": index for index in range(1000)}))
    print_details(Details(process, []), NOW)
    assert "942 more lines: --json shows all" in capsys.readouterr().out


def test_empty_documents_take_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_details(Details(a_process(store=ProcessStore({"a": 1})), []), NOW)
    assert "empty     parameters, reports, output\n" in capsys.readouterr().out


def test_a_narrow_table_keeps_ids_and_states_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    print_list([a_process(code="数据" * 20, error="x" * 200, step="s" * 50)], NOW)
    row = capsys.readouterr().out.splitlines()[1]
    assert row.startswith(ID)
    assert "● running" in row
    assert row.count("…") == 3
    assert cell_len(row) <= 100


def test_a_list_shows_whole_ids_where_a_program_may_read_them(capsys: pytest.CaptureFixture[str]) -> None:
    print_list([a_process()], NOW)
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["ID", "CODE", "STATE", "HELD", "STEP", "AGE", "CHANGED", "ERROR"]
    assert row.split() == [ID, "import", "●", "running", "-", "3h", "5m"]


def test_an_explanation_is_sentences_under_what_they_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    process = a_process(step="load", attempt=2, paused=True)
    print_explanation(explain(process, Circumstances(now=NOW)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "process   import 77c1d02b",
        "state     It is paused: it needs somebody's answer to go on.",
        "why       Its next step is 'load'.",
    ]
    assert "recover   Not now: it is not handled but paused: there is nothing to" in lines
    assert max(map(len, lines)) <= 70
