"""Pictures of the dialogs of verbs, compared cell by cell, at 80x24 and 120x36."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobboy.model.process import CrashPolicy
from jobboy.operations import Guardrail, GuardrailAction
from jobboy.ports import DefinitionRecord
from jobboy_console.app import ConsoleApp
from jobboy_console.facts.snapshots import Outcome, Row, Selection
from jobboy_console.gateway import Gateway
from jobboy_console.screens.processes import Processes
from jobboy_console.widgets.results import Results, told
from tests.console.conftest import Console
from tests.console.fake_operations import FakeOperations
from tests.console.test_snapshots import a_world

Compare = Callable[..., bool]
ASKS = Guardrail(action=GuardrailAction.CONFIRM, codes=("export-*",), reason="the ledger is closed on the 1st")
KEYS = {
    "confirm-reason": ("F", "y"),
    "confirm-many": ("6", "g", *["space"] * 12, "K", "y", *"wrong file", "enter"),
    "confirm-guardrail": ("R",),
    "confirm-all-that-match": ("K",),
    "judged": ("6", "g", *["space"] * 12, "K", "d"),
    "start-code": ("S",),
    "start-parameters": ("S", "enter"),
    "start-wrong": ("S", "enter", "ctrl+end", "x"),
    "prune": ("D",),
    "prune-counted": ("D", "tab", *"failed", "enter"),
}
SMALL_ONLY = ("confirm-reason", "start-wrong", "prune")
"""What looks the same in a wider screen as its neighbour here."""
PICTURES = [(name, (80, 24)) for name in KEYS]
PICTURES += [(name, (120, 36)) for name in KEYS if name not in SMALL_ONLY]


def prepared(name: str, monkeypatch: pytest.MonkeyPatch) -> FakeOperations:
    operations = a_world()
    for code in ("export-ledger", "sync-users"):
        operations.known[code] = DefinitionRecord(
            code=code, steps=("fetch", "write", "report"), on_crash=CrashPolicy.HOLD, retention=timedelta(days=90)
        )
    if name == "confirm-guardrail":
        operations.guardrails = (ASKS,)
    if name == "confirm-all-that-match":
        chosen = Selection((), "running,failed code:*import", 28)
        monkeypatch.setattr(Processes, "selection", property(lambda _: chosen))
    return operations


async def leave_only_the_dialog(console: Console) -> None:
    """Take away what is behind it, which has pictures of its own."""
    for screen in console.app.screen_stack[:-1]:
        for part in screen.children:
            part.display = False
    await console.settle()


@pytest.mark.parametrize(("name", "size"), PICTURES, ids=[f"{name}-{size[0]}x{size[1]}" for name, size in PICTURES])
def test_the_dialog_looks_as_it_did(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    app = ConsoleApp(Gateway(prepared(name, monkeypatch)), watches=False)  # type: ignore[arg-type]  # same methods

    async def press(pilot: Any) -> None:
        console = Console(app, pilot)
        await console.settle()
        for key in KEYS[name]:
            await console.press({" ": "space", ",": "comma"}.get(key, key))
        await leave_only_the_dialog(console)

    assert snap_compare(app, terminal_size=size, run_before=press)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_the_results_look_as_they_did(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    app = ConsoleApp(Gateway(a_world()), watches=False)  # type: ignore[arg-type]  # same methods

    async def show(pilot: Any) -> None:
        console = Console(app, pilot)
        await console.settle()
        screen = app.screen
        assert isinstance(screen, Processes)
        outcomes = [outcome(row, at) for at, row in enumerate(screen.rows() * 9)]
        app.push_screen(Results(told(outcomes), outcomes))
        await leave_only_the_dialog(console)

    assert snap_compare(app, terminal_size=size, run_before=show)


def outcome(row: Row, at: int) -> Outcome:
    if at == 2:
        return Outcome(row=row, ok=False, text="somebody else was first: it was changed meanwhile; look again")
    if at > 6:
        return Outcome(row=row, ok=False, text="not begun: it was stopped before", begun=False)
    return Outcome(row=row, ok=True, text="now running")
