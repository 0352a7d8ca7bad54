"""P8: of many who answer or act at the same moment exactly one wins, and the others change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from jobboy.errors import Conflict
from tests.integration.apps import signs
from tests.integration.worker_programs import Program, Site, eventually

PROGRAMS = 4
ANSWERS_OF_EACH = 5
OPERATORS = 8


def test_p8_of_twenty_simultaneous_answers_one_is_accepted(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    process_id = site.start("asking")
    site.work_here()
    paused = site.jobs.get(process_id)
    assert paused.paused

    outcomes = _answered_at_once(site, process_id)

    accepted = [answer for answer, error in outcomes.items() if error is None]
    assert len(outcomes) == PROGRAMS * ANSWERS_OF_EACH
    assert len(accepted) == 1
    assert all(error.startswith(f"cannot proceed {process_id}: ") for error in outcomes.values() if error)
    (line,) = site.events(process_id, "proceeded")
    assert line.reason == f"answered by {accepted[0]}"
    proceeded = site.jobs.get(process_id)
    assert proceeded.output == {"question": "how many?", "answer": accepted[0]}
    assert proceeded.token == paused.token + 1
    site.work_here()
    assert site.jobs.get(process_id).output == {"used": accepted[0]}


def test_p8_of_eight_simultaneous_recoveries_one_exits_0_and_seven_exit_1_and_say_why(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("trails")
    process_id = site.leave_stuck()
    stuck = site.jobs.get(process_id)

    operators = [
        site.program("-m", "jobboy", "recover", process_id, "--reason", f"operator {number}")
        for number in range(OPERATORS)
    ]

    codes = [operator.wait() for operator in operators]
    assert sorted(codes) == [0] + [1] * (OPERATORS - 1)
    refused = [operator for operator, code in zip(operators, codes, strict=True) if code == 1]
    assert all(_is_one_line_that_says_why(operator, process_id) for operator in refused)
    (line,) = site.events(process_id, "recovered")
    assert line.reason == f"operator {codes.index(0)}"
    assert site.jobs.get(process_id).token == stuck.token + 1


def test_p8_an_answer_to_a_pause_that_was_answered_meanwhile_is_a_conflict(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    process_id = site.start("asking")
    site.work_here()
    seen = site.jobs.get(process_id)
    site.operations.proceed(process_id, {"answer": 1}, reason="first", token=seen.token)

    with pytest.raises(Conflict):
        site.operations.proceed(process_id, {"answer": 2}, reason="second", token=seen.token)

    assert site.jobs.get(process_id).output == {"question": "how many?", "answer": 1}


def _answered_at_once(site: Site, process_id: str) -> dict[str, str | None]:
    answerers = [
        site.program(
            "-m", "tests.integration.programs.answerer", site.folder, f"p{number}", process_id, str(ANSWERS_OF_EACH)
        )
        for number in range(PROGRAMS)
    ]
    eventually(lambda: all(signs.is_left(site.folder, f"ready-p{number}") for number in range(PROGRAMS)))
    site.leave("go")
    outcomes: dict[str, str | None] = {}
    for answerer in answerers:
        assert answerer.wait() == 0, answerer.errors
        outcomes |= json.loads(answerer.output)
    return outcomes


def _is_one_line_that_says_why(operator: Program, process_id: str) -> bool:
    said = operator.errors
    return said.count("\n") == 1 and said.startswith(f"jobboy: cannot recover {process_id}: ")
