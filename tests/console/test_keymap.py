from __future__ import annotations

from pathlib import Path

import pytest

from jobboy_console.commands import COMMANDS, named
from jobboy_console.commands.document import PAGE, keys_page
from jobboy_console.commands.keymap import Keymap, keymap_problems
from jobboy_console.commands.places import places
from jobboy_console.looks.lines import text_of
from jobboy_console.screens.help import help_lines


def test_chosen_keys_take_the_place_of_the_usual_ones() -> None:
    (command,) = named("list.filter")
    assert Keymap().label(command) == "/"
    chosen = Keymap({"list.filter": "f8, ?"})
    assert chosen.keys(command) == ["f8", "question_mark"]
    assert chosen.labels(command) == "f8 ?"


def test_a_comma_can_be_a_key() -> None:
    assert Keymap({"list.filter": ","}).keys(named("list.filter")[0]) == ["comma"]
    assert Keymap({"list.filter": "comma,f8"}).labels(named("list.filter")[0]) == ", f8"


@pytest.mark.parametrize("keys", ["f9", "ctrl+y", "%", "backslash", "shift+f3", "ctrl+shift+left", "é", "alt+x"])
def test_what_a_keyboard_has_is_a_key(keys: str) -> None:
    assert keymap_problems({"quit": keys}) == []


@pytest.mark.parametrize("keys", ["ctlr+t", "pgdwn", "ctrl+", "no key"])
def test_what_no_keyboard_has_is_refused(keys: str) -> None:
    assert keymap_problems({"quit": keys}) == [("quit", f"{keys!r} is no key; one is f2, ctrl+t or ?")]


def test_an_unknown_id_is_told_with_the_nearest_one() -> None:
    assert keymap_problems({"list.fliter": "f8"}) == [
        ("list.fliter", "there is no such command; did you mean list.filter?")
    ]
    assert keymap_problems({"zzz": "f8"}) == [("zzz", "there is no such command: `:keys` shows all ids")]


def test_what_is_only_typed_has_no_key_to_change() -> None:
    assert keymap_problems({"theme": "f8"}) == [("theme", "has no key: it is typed, as :theme")]


def test_two_commands_of_one_place_must_not_have_one_key() -> None:
    assert keymap_problems({"list.filter": "h"}) == [
        ("list.filter", "h is the key of list.handled too, in the list of processes")
    ]


def test_a_key_is_free_once_its_command_has_another_one() -> None:
    assert keymap_problems({"list.filter": "h", "list.handled": "slash"}) == []


def test_two_places_may_use_one_key() -> None:
    assert keymap_problems({"list.handled": "w"}) == []


def test_a_key_of_a_widget_clashes_with_one_of_its_screen() -> None:
    assert keymap_problems({"tree.whole": "x"}) == [
        ("tree.whole", "x is the key of process.explain too, in a process")
    ]


def test_what_counts_in_dialogs_clashes_there_too() -> None:
    ((command, rule),) = keymap_problems({"quit": "y"})[:1]
    assert command == "quit"
    assert "y is the key of" in rule


def test_as_delivered_no_key_of_a_place_has_two_commands() -> None:
    taken_over = {"tree.fold", "text.page_down", "schedules.details", "audit.open"}
    """Of the screen or of the widget in it, where the widget's goes before."""
    for place, commands in places():
        owners: dict[str, str] = {}
        for command in commands:
            for key in Keymap().keys(command):
                other = owners.setdefault(key, command.id)
                assert other == command.id or {other, command.id} & taken_over, (place, key, other, command.id)


def test_every_command_is_in_a_place_or_only_typed() -> None:
    placed = {command.id for _, commands in places() for command in commands}
    assert {command.id for command in COMMANDS if command.keys} <= placed


def test_the_help_shows_the_keys_in_force_and_what_is_here_first() -> None:
    shown = text_of(help_lines("", keymap=Keymap({"process.explain": "f9"}), here=frozenset({"process"})))
    assert shown.startswith("One process\n")
    several = text_of(help_lines("", here=frozenset({"rows", "workers", "application"})))
    assert several.startswith("Workers (UPPER CASE")
    assert "  f9                Say in words why it is so" in shown
    assert "List of processes  elsewhere" in shown


def test_the_help_can_show_ids() -> None:
    shown = text_of(help_lines("explain", ids=True))
    assert "process.explain" in shown
    assert text_of(help_lines("no such thing")) == f"Nothing among {len(COMMANDS)} commands holds that text."


def test_the_help_of_a_read_only_console_leaves_out_what_changes_something_and_says_so() -> None:
    told = "This console is read-only: what changes something is left out."
    shown = text_of(help_lines("", only_looks=True)).splitlines()
    assert shown[-1] == told
    assert not any("Changing" in line or "Make it fail" in line for line in shown)
    assert text_of(help_lines("make it fail", only_looks=True)).splitlines()[-1] == told


def test_the_page_of_all_keys_is_in_step() -> None:
    page = Path(__file__).parents[2] / PAGE
    assert page.read_text(encoding="utf-8") == keys_page(), "run: python -m jobboy_console.commands.document --write"


def test_a_key_that_would_break_the_page_is_escaped() -> None:
    assert all(line.count("|") - line.count("\\|") == 4 for line in keys_page().splitlines() if line.startswith("| "))


def test_no_key_is_bound_beside_the_registry() -> None:
    source = Path(__file__).parents[2] / "console" / "jobboy_console"
    bound = [
        line for file in source.rglob("*.py") for line in file.read_text().splitlines() if " BINDINGS = " in line
    ]
    assert bound
    assert [line for line in bound if "= bindings(" not in line] == []
