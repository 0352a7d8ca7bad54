from __future__ import annotations

from datetime import timedelta

from jobboy_console.facts.snapshots import Home, PastEndings, WorkState
from jobboy_console.listing.throughput import MINUTES, Throughput, bars
from jobboy_console.looks.lines import text_of, width_of
from tests.console.fake_operations import NOW

MINUTE = int(NOW.timestamp()) // 60


def figures(completed: int, failed: int) -> Home:
    counts = {"completed": completed, "failed": failed}
    return Home(counts=counts, total=completed + failed, work=WorkState(paused_by=None, workers_alive=1))


def begun(*, since: int = MINUTE - 30, completed: int = 100, failed: int = 5) -> Throughput:
    throughput = Throughput()
    minutes = {MINUTE - 1: (60, 2), MINUTE - 2: (30, 0)}
    past = PastEndings(at=NOW, since=since, minutes=minutes, completed=completed, failed=failed)
    throughput.begin(past)
    return throughput


def test_bars_are_full_at_the_greatest_and_low_at_nothing() -> None:
    assert bars([0, 1, 50, 100]) == "▁▂▅█"
    assert bars([0, 0]) == "▁▁"


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    assert bars([None, None, 3]) == "  █"
    assert text_of([begun(since=MINUTE - 1).line(NOW)]).startswith("done " + " " * (MINUTES - 2))
    assert Throughput().line(NOW) == ()


def test_the_figures_are_those_of_the_last_whole_minute() -> None:
    line = text_of([begun().line(NOW)])
    assert "60/min  failed" in line
    assert line.endswith("2/min")


def test_what_ends_while_one_looks_is_counted_from_the_counters() -> None:
    throughput = begun()
    throughput.see(figures(130, 5), NOW + timedelta(seconds=10))
    throughput.see(figures(190, 9), NOW + timedelta(seconds=20))
    line = text_of([throughput.line(NOW + timedelta(minutes=1))])
    assert "90/min  failed" in line
    assert line.endswith("4/min")


def test_what_retention_removes_is_no_work_undone() -> None:
    throughput = begun()
    throughput.see(figures(20, 0), NOW + timedelta(seconds=10))
    throughput.see(figures(25, 0), NOW + timedelta(seconds=20))
    assert "5/min  failed" in text_of([throughput.line(NOW + timedelta(minutes=1))])


def test_the_past_is_asked_for_again_after_a_gap() -> None:
    throughput = begun()
    assert not throughput.needs_past(NOW + timedelta(seconds=60))
    assert throughput.needs_past(NOW + timedelta(minutes=5))


def test_the_line_keeps_its_width_and_old_minutes_are_dropped() -> None:
    throughput = begun(completed=0, failed=0)
    for minute in range(60):
        throughput.see(figures(minute * 10**6, 0), NOW + timedelta(minutes=minute))
        assert width_of(throughput.line(NOW + timedelta(minutes=minute))) <= 50
    assert len(throughput._minutes) <= MINUTES + 2
