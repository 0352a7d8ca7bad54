from __future__ import annotations

import pytest

from jobboy_console.commands.command import Command
from jobboy_console.commands.line import LineError, Offer, read_line, suggest

FILTER = Command("list.filter", "slash", "filter", "filter", "Narrow the list")
FILTER_BY = Command("typed.filter", "", "filter_by", "filter", "Narrow it by this", argument="TEXT")
THEME = Command("theme", "", "theme", "theme", "Other colours", argument="NAME")
QUIT = Command("quit", "ctrl+q", "quit", "quit", "End", also=("q",))
QUEUE = Command("list.queue", "z", "queue", "queue", "Something else")
DOWN = Command("list.page_down", "pagedown", "page(1.0)", "page down", "A page down")
DIFF = Command("process.diff", "d", "diff", "diff", "What the last change did")
OFFERS = [
    *(Offer(command) for command in (FILTER, FILTER_BY, THEME, QUIT, QUEUE, DOWN)),
    Offer(DIFF, why_not="only in: One process"),
]


@pytest.mark.parametrize(
    ("line", "command", "argument"),
    [
        ("quit", QUIT, None),
        ("q", QUIT, None),
        ("  QUIT ", QUIT, None),
        ("list.queue", QUEUE, None),
        ("que", QUEUE, None),
        ("page-down", DOWN, None),
        ("filter", FILTER, None),
        ("filter  failed age<1d ", FILTER_BY, "failed age<1d"),
        ("fil failed", FILTER_BY, "failed"),
        ("theme light", THEME, "light"),
    ],
)
def test_a_line_names_a_command_and_what_it_takes(line: str, command: Command, argument: str | None) -> None:
    typed = read_line(line, OFFERS)
    assert (typed.command, typed.argument) == (command, argument)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("thme", "there is no command 'thme'; did you mean theme?"),
        ("xyzzy", "there is no command 'xyzzy'"),
        ("qu", "qu can be quit, queue"),
        ("theme", "theme needs NAME after it"),
        ("quit now", "quit takes nothing after it, and there is 'now'"),
        ("diff", "diff: only in: One process"),
        ("process.diff", "process.diff: only in: One process"),
    ],
)
def test_what_cannot_be_done_is_said(line: str, why: str) -> None:
    with pytest.raises(LineError) as refused:
        read_line(line, OFFERS)
    assert str(refused.value) == why


def test_names_that_begin_so_come_before_names_that_hold_it_and_what_is_elsewhere_last() -> None:
    found = suggest("q", OFFERS)
    assert [suggestion.line for suggestion in found] == ["quit", "queue"]
    assert [suggestion.line for suggestion in suggest("ow", OFFERS)] == ["page-down"]
    assert [suggestion.line for suggestion in suggest("di", OFFERS)] == ["process.diff"]
    assert suggest("diff", OFFERS)[0].usable is False
    assert suggest("diff", OFFERS)[0].help == "only in: One process"


def test_an_empty_line_offers_everything() -> None:
    assert len(suggest("", OFFERS)) == len(OFFERS)


def test_what_follows_a_name_is_completed_from_the_words_it_takes() -> None:
    words = {"theme": ["dark", "light"]}
    found = suggest("theme l", OFFERS, lambda command: words.get(command.id, ()))
    assert [suggestion.line for suggestion in found] == ["theme light"]
    assert suggest("nonsense l", OFFERS) == []


def test_a_name_that_two_commands_share_is_offered_by_its_whole_id() -> None:
    twins = [Offer(DOWN), Offer(Command("text.page_down", "pagedown", "x", "page down", "A page down"))]
    assert [suggestion.line for suggestion in suggest("page", twins)] == ["list.page_down", "text.page_down"]


def test_a_name_goes_before_an_id_that_only_begins_so() -> None:
    assert [suggestion.line for suggestion in suggest("t", OFFERS)][:2] == ["theme", "filter"]
    assert read_line("t light", OFFERS).command is THEME
