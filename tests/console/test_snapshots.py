"""Pictures of the screens, compared cell by cell; refresh them with ``pytest tests/console --snapshot-update``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobboy.model.documents import Parameters, ProcessStore
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.model.workers import WorkerInfo
from jobboy_console.app import ConsoleApp
from jobboy_console.commanded import Appearance
from jobboy_console.config import Profile
from jobboy_console.gateway import Gateway
from jobboy_console.looks.themes import OWN
from tests.console.conftest import Console
from tests.console.fake_operations import NOW, FakeOperations

Compare = Callable[..., bool]
WORKER = WorkerInfo(number=1, id="web1:412:9f", host="web1", pid=412, slots=2, codes=(), started_at=NOW, alive=True)
PROD = Profile(name="prod", accent="red", protected=True)
REASON = {
    "type": "TimeoutError",
    "message": "step 'fetch' was ended: the step may take 10 s",
    "traceback": 'Traceback (most recent call last):\n  File "imports.py", line 12, in fetch\nTimeoutError',
}


def a_world() -> FakeOperations:
    operations = FakeOperations()
    operations.living = [WORKER]
    codes = ["nightly-import", "billing-run", "export-ledger", "sync-users"]
    for number in range(24):
        failed = number % 6 == 2
        operations.add(
            codes[number % 4],
            ["running", "completed", "failed", "starting", "completed", "completed"][number % 6],
            step=["fetch", "parse", "report"][number % 3],
            error=f"TimeoutError: {REASON['message']}" if failed else None,
            reports={"reason": REASON, "warnings": ["row 12 has no price"]} if failed else {},
            id=f"01900000-0000-7000-8000-{(number + 1) * 2654435761 % 16**8:012x}",
        )
    operations.add("sync-users", handled=True, handled_by="web1:412:9f", step="pull", age=timedelta(seconds=4))
    operations.add("sync-users", wait_until=NOW + timedelta(minutes=10), step="pull", age=timedelta(seconds=40))
    operations.add(
        "nightly-import",
        paused=True,
        step="load",
        age=timedelta(minutes=14),
        output={"path": "/data/orders.csv", "rows": 812, "rejected": 3, "rejected_rows": [12, 77, 410]},
    )
    stuck = operations.stuck(
        code="export-ledger",
        step="write",
        attempt=2,
        age=timedelta(minutes=3),
        store={"batch": 74, "file": "/tmp/ledger-2031-05.csv", "totals": {"net": 1024.5, "tax": None}},
        parameters={"year": 2031},
        stuck_cause={"kind": "signal", "signal": "SIGKILL", "step": "write", "attempt": 2, "host": "web1", "pid": 77},
    )
    operations.recorded_steps[stuck.id] = [
        StepRecord(
            position=0,
            name="fetch",
            status=StepStatus.COMPLETED,
            attempts=1,
            output=Parameters({"rows": 812}),
            started_at=NOW - timedelta(minutes=9),
            ended_at=NOW - timedelta(minutes=8),
        ),
        StepRecord(position=1, name="write", status=StepStatus.RUNNING, attempts=2, error="StepCrashed: SIGKILL"),
        StepRecord(position=2, name="report", status=StepStatus.PENDING),
    ]
    for batch in (75, 76, 77):
        store = {**operations.processes[stuck.id].store.as_dict(), "batch": batch}
        operations.replace(stuck.id, store=ProcessStore(store), updated_at=NOW - timedelta(minutes=3))
    return operations


KEYS = {
    "home": (),
    "filter-error": ("6", "slash", *"failed,faild"),
    "marked": ("space", "space", "space", "R"),
    "recover": ("R",),
    "fail": ("F",),
    "refused": ("P",),
    "pause-work": ("W",),
    "statuses": ("s",),
    "order": ("o", "j"),
    "columns": ("c",),
    "filter-offers": ("6", "slash", *"code:", "down"),
    "range": ("6", "v", "j", "j"),
    "paused-list": ("6", "p"),
    "help": ("question_mark",),
    "process-store": ("enter",),
    "process-reports": ("j", "j", "enter", "3"),
    "process-tail": ("l",),
    "proceed": ("j", "P"),
    "proceed-review": ("j", "P", "ctrl+s"),
}
WIDE = ("home", "filter-offers", "process-store", "proceed")


PICTURES = [(name, (80, 24)) for name in KEYS] + [(name, (120, 36)) for name in WIDE]


@pytest.mark.parametrize(("name", "size"), PICTURES, ids=[f"{name}-{size[0]}x{size[1]}" for name, size in PICTURES])
def test_the_screen_looks_as_it_did(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    app = ConsoleApp(Gateway(a_world()), watches=False)  # type: ignore[arg-type]  # same methods

    async def press(pilot: Any) -> None:
        console = Console(app, pilot)
        await console.settle()
        if size[0] >= 120:
            await console.until_shown("Last events")
        for key in KEYS[name]:
            key = {":": "colon", ",": "comma"}.get(key, key)
            await console.press(key)

    assert snap_compare(app, terminal_size=size, run_before=press)


LOOKS = {
    "command-line": ("colon", *"vie"),
    "command-error": ("colon", *"versions", "enter"),
    "palette": ("ctrl+p", *"forget"),
    "help": ("question_mark", *"marks"),
}


IN_THEMES = [(name, theme) for name in LOOKS for theme in OWN if theme == "dark" or name != "command-error"]


@pytest.mark.parametrize(("name", "theme"), IN_THEMES, ids=[f"{name}-{theme}" for name, theme in IN_THEMES])
def test_commands_look_as_they_did_in_every_theme(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str, theme: str
) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    gateway = Gateway(a_world())  # type: ignore[arg-type]  # same methods
    app = ConsoleApp(gateway, watches=False, appearance=Appearance(theme=theme, profile=PROD))

    async def press(pilot: Any) -> None:
        console = Console(app, pilot)
        await console.settle()
        await console.press(*LOOKS[name])
        if name == "palette":
            await console.until_shown("Forget all marks")
            await console.until(lambda: "Narrow the list" not in console.text)

    assert snap_compare(app, terminal_size=(80, 24), run_before=press)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (170, 40)], ids=["80x24", "120x36", "170x40"])
def test_home_in_light_colours_looks_as_it_did(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = ConsoleApp(Gateway(a_world()), appearance=Appearance(theme="light"), watches=False)  # type: ignore[arg-type]  # same methods

    async def settled(pilot: Any) -> None:
        console = Console(app, pilot)
        await console.settle()
        if size[0] >= 120:
            await console.until_shown("Last events" if size[0] < 160 else "Timeline")

    assert snap_compare(app, terminal_size=size, run_before=settled)


def test_an_empty_database_looks_as_it_did(snap_compare: Compare) -> None:
    app = ConsoleApp(Gateway(FakeOperations(), read_only=True), watches=False)  # type: ignore[arg-type]  # same methods
    assert snap_compare(app, terminal_size=(80, 24), run_before=lambda pilot: Console(app, pilot).settle())
