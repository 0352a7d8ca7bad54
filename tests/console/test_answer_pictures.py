"""Pictures of answering a pause: form, JSON, what is wrong, and what moved; refreshed like those of the screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from textual.widgets import TextArea

from jobboy.model.documents import Parameters
from jobboy_console.app import ConsoleApp
from jobboy_console.gateway import Gateway
from tests.console.conftest import Console
from tests.console.fake_operations import FakeOperations

REVIEW = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean", "title": "Approved", "description": "Pay this invoice?"},
        "amount": {"type": "number", "minimum": 1, "description": "In euro, with tax"},
        "account": {"enum": ["travel", "office", "other"], "description": "On which it is booked"},
        "due": {"type": ["string", "null"], "format": "date"},
        "note": {"type": ["string", "null"], "maxLength": 40},
    },
    "required": ["approved"],
    "additionalProperties": False,
}
OUTPUT = {
    "amount": 120.5,
    "account": "travel",
    "due": "2031-06-01",
    "file": "/inbox/2031-05/invoice-7.pdf",
    "lines": [{"text": "hotel", "price": 100}, {"text": "tax", "price": 20.5}],
}
WRONG = """{
  "approved": "yes",
  "amount": 0,
  "account": "trave",
  "due": null,
  "file": "/etc/x",
  "lines": []
}"""


@dataclass(frozen=True)
class Scene:
    """What was done before the picture is taken."""

    keys: Sequence[str] = ()
    text: str | None = None
    moved: bool = False


SCENES = {
    "form-wrong": Scene(keys=("right", "tab", "0", "tab", "right", "tab", "x")),
    "json-wrong": Scene(keys=("ctrl+t",), text=WRONG),
    "moved": Scene(keys=("right", "tab", "9", "9"), moved=True),
}


PICTURES = [("form-wrong", (80, 24)), ("form-wrong", (120, 36)), ("json-wrong", (120, 36)), ("moved", (80, 24))]


@pytest.mark.parametrize(("name", "size"), PICTURES, ids=[f"{name}-{size[0]}x{size[1]}" for name, size in PICTURES])
def test_an_answer_looks_as_it_did(
    snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    operations, scene = FakeOperations(), SCENES[name]
    process = operations.add("invoices", paused=True, step="pay", output=OUTPUT, answer_schema=REVIEW)
    app = ConsoleApp(Gateway(operations), watches=False)  # type: ignore[arg-type]  # same methods

    async def play(pilot: Any) -> None:
        console = Console(app, pilot)
        await console.settle()
        await console.press("P", *scene.keys)
        if scene.text is not None:
            app.screen.query_one(TextArea).load_text(scene.text)
        if scene.moved:
            theirs = Parameters({**OUTPUT, "amount": 99, "account": "office"})
            operations.replace(process.id, token=7, output=theirs)
            await console.press("ctrl+s")
        await console.settle()

    assert snap_compare(app, terminal_size=size, run_before=play)
