"""Hints tell the keys in force: empty places, notices, dialogs and bars."""

from __future__ import annotations

import ast
import re
from itertools import count
from pathlib import Path

import pytest

from jobboy_console.commands import COMMANDS
from jobboy_console.commands.keymap import Keymap, hint, keymap_problems, put_in_force
from jobboy_console.config import Config
from jobboy_console.facts.troubles import Kind, Trouble
from jobboy_console.looks.lines import text_of
from jobboy_console.widgets.trouble_bar import trouble_lines
from tests.console.conftest import opened
from tests.console.fake_operations import FakeOperations

SOURCE = Path(__file__).parents[2] / "console" / "jobboy_console"
_LETTERS = (chr(code) for code in count(0x3B1) if chr(code).isalpha())
_FUNCTIONS = (f"{modifier}f{number}" for modifier in ("", "shift+") for number in range(13, 25))
_TYPING = ("filter", "field", "line", "help", "schedule", "start")
"""Where one types, a letter is a letter."""
OTHERS = {
    command.id: next(_FUNCTIONS if command.id.partition(".")[0] in _TYPING else _LETTERS)
    for command in COMMANDS
    if command.keys and command.id != "help"
} | {"help": next(_LETTERS)}
"""Every command has a key of its own, none of them a usual one."""
USUAL_KEY = re.compile(
    r"""\b(esc|ctrl\+\w|space\s(?:shows|marks))\b            # keys by their names
    |\([a-z]\)                                             # on a button
    |(?:^|[ ·(]){?[A-Za-z/&]}?\s(?:copies|closes|stops|forgets|follows|marks\sit|goes\son|lets\sit|starts\sit
        |pauses\sit|makes\sone|looks\son|sorts\sall|keep\sonly|shows\sall|examines|list\b\s·|copy\sthe|recovers|review\s·)""",
    re.VERBOSE,
)


def key(command_id: str) -> str:
    return OTHERS[command_id]


def literals(file: Path) -> list[str]:
    """Return the texts of a module that are neither documentation nor inside ``hint(...)``."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]  # for the walk upwards below
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not _is_exempt(node)
    ]


def _is_exempt(node: ast.AST) -> bool:
    parent = getattr(node, "parent", None)
    if isinstance(parent, ast.Expr):
        return True
    while parent is not None:
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "hint":
            return True
        parent = getattr(parent, "parent", None)
    return False


def test_no_text_of_the_console_names_a_key_by_itself() -> None:
    files = [file for file in SOURCE.rglob("*.py") if not {"commands", "entrance"} & set(file.parts)]
    assert files
    named = {
        str(file.relative_to(SOURCE)): [text for text in literals(file) if USUAL_KEY.search(text)] for file in files
    }
    assert {file: texts for file, texts in named.items() if texts} == {}


def test_the_keys_of_this_test_are_keys() -> None:
    assert keymap_problems(OTHERS) == []


def test_a_hint_tells_the_key_in_force_and_what_to_type_where_there_is_none() -> None:
    assert hint("{back} stops · {theme} NAME") == "esc stops · :theme NAME"
    put_in_force(Keymap({"back": "f9"}))
    assert hint("{back} stops") == "f9 stops"


def test_a_hint_of_an_unknown_command_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        hint("{no.such.command} stops")


@pytest.mark.parametrize("kind", list(Kind))
def test_what_to_do_about_a_lost_database_is_told_with_the_keys_in_force(kind: Kind) -> None:
    put_in_force(Keymap(OTHERS))
    assert "ctrl+" not in text_of(trouble_lines(Trouble(kind, "why"), 3, 80))


async def test_every_place_and_dialog_tells_the_chosen_keys(operations: FakeOperations) -> None:
    operations.stuck(step="load")
    operations.add(paused=True)
    seen: list[str] = []
    async with opened(operations, config=Config(keymap=OTHERS), size=(120, 36)) as console:

        async def look(*ids: str) -> str:
            console.app.clear_notifications()
            await console.press(*(key(command_id) for command_id in ids))
            seen.append(console.text + console.said)
            return seen[-1]

        assert f"{key('view.1')} Attention" in await look("view.6")
        assert f"{key('list.unmark')} forgets" in await look("list.mark_all")
        assert f"{key('list.unmark')} unmarks them" in await look("change.proceed")
        await look("list.unmark")
        assert f"{key('list.range')} marks it" in await look("list.range")
        assert f"{key('quit')} ends the console" in await look("back", "back")
        assert f"{key('filter.drop')} leaves" in await look("list.filter")
        await look("filter.drop")
        assert f"{key('picker.close')} leaves it" in await look("list.sort")
        assert f"{key('columns.toggle')} shows" in await look("picker.close", "list.columns")
        assert f"Show ({key('dialog.yes')})" in await look("picker.close", "list.statuses")
        await look("dialog.no")
        shown = await look("list.first", "change.kill")
        assert f"{key('confirm.list')} list · {key('confirm.copy')} copy the command" in shown
        assert f"Kill ({key('confirm.yes')})" in shown
        assert f"Pause ({key('dialog.yes')})" in await look("confirm.no", "change.work")
        assert f"Remove ({key('confirm.yes')})" in await look("dialog.no", "anew.prune")
        console.app.pop_screen()
        assert f"{key('help.close')} closes" in await look("help")
        assert f"{key('change.work')} pauses it" in await look("help.close", "go.workers")
        assert f"{key('schedules.add')} makes one" in await look("go.schedules")
        assert f"{key('info.examine')} examines" in await look("go.info")
        assert f"{key('process.7')} Tail" in await look("back", "list.open")
        await look("process.7")
        assert f"{key('process.next_match')} next" in await look("process.search")
        await look("field.drop")
    assert [text for text in seen if re.search(r"\besc\b|ctrl\+|\((?:y|esc)\)", text)] == []


async def test_the_last_view_that_is_kept_tells_its_key(operations: FakeOperations) -> None:
    async with opened(operations, config=Config(keymap={"view.7": "f9"})) as console:
        await console.press("colon", *"save", "space", *"mine", "enter")
        assert "Kept as mine on key f9." in console.said
