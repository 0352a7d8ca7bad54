"""Keys, command line, palette and help on a running console: one registry feeds them all."""

from __future__ import annotations

from pathlib import Path

from jobboy_console.config import Config
from jobboy_console.machine.memory import Memory
from jobboy_console.screens.help import Help
from jobboy_console.screens.palette import Palette
from jobboy_console.screens.process import ProcessScreen
from jobboy_console.widgets.copying import MOST_BYTES, copy
from jobboy_console.widgets.process_list import ProcessList
from tests.console.conftest import Console, opened
from tests.console.fake_operations import FakeOperations

COLON = "colon"


async def typed(console: Console, line: str) -> None:
    await console.press(COLON)
    console.app.screen.query_one("#command-input").value = line  # type: ignore[attr-defined]  # an input
    await console.press("enter")


async def test_a_chosen_key_does_it_and_the_usual_one_does_not(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations, config=Config(keymap={"list.open": "f8"})) as console:
        assert "f8 open" in console.text.splitlines()[-1]
        await console.press("6", "enter")
        assert not isinstance(console.app.screen, ProcessScreen)
        await console.press("f8")
        assert isinstance(console.app.screen, ProcessScreen)


async def test_keys_of_widgets_can_be_chosen_and_swapped(operations: FakeOperations) -> None:
    for _ in range(3):
        operations.add()
    async with opened(operations, config=Config(keymap={"list.down": "k,down", "list.up": "j,up"})) as console:
        rows = console.app.screen.query_one(ProcessList)
        await console.press("6")
        shown = [rows.cursor]
        for key in ("k", "k", "j"):
            await console.press(key)
            shown.append(rows.cursor)
        assert shown[1] == shown[3] != shown[0] != shown[2]


async def test_the_help_shows_what_is_here_first_with_the_keys_in_force(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations, config=Config(keymap={"list.filter": "f9"})) as console:
        await console.press("question_mark")
        assert isinstance(console.app.screen, Help)
        assert "f9" in console.text
        await console.type("versions of")
        assert "Versions of a document  elsewhere" in console.text


async def test_keys_shows_the_ids(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await typed(console, "keys")
        assert isinstance(console.app.screen, Help)
        assert "list.filter" in console.text


async def test_a_typed_command_does_what_its_key_does(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations) as console:
        await console.press("6")
        await typed(console, "open")
        assert isinstance(console.app.screen, ProcessScreen)


async def test_a_typed_filter_narrows_the_list_and_a_wrong_one_stays_in_the_line(operations: FakeOperations) -> None:
    operations.add("billing")
    operations.add("mail", "failed")
    async with opened(operations) as console:
        await console.press("6")
        await typed(console, "filter failed")
        assert "billing" not in console.text
        await typed(console, "filter faild")
        assert "did you mean failed?" in console.text
        assert console.app.screen.query_one("#command-input").value == "filter faild"  # type: ignore[attr-defined]  # an input


async def test_a_view_is_shown_by_its_name(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await typed(console, "view paused")
        assert "Paused 0" in console.text
        await typed(console, "view nowhere")
        assert "there is no view 'nowhere'" in console.text


async def test_what_is_not_here_says_so_in_the_line(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await typed(console, "versions")
        assert "versions: only in: One process" in console.text
        await console.press("escape")
        assert "versions: only in" not in console.text


async def test_a_verb_that_would_be_refused_says_why_in_the_line(operations: FakeOperations) -> None:
    operations.add(status="completed")
    async with opened(operations) as console:
        await console.press("6")
        await typed(console, "recover")
        assert "recover: what is under the cursor or marked does not allow it now" in console.text
    async with opened(operations, read_only=True) as console:
        await console.press("6")
        await typed(console, "restart")
        assert "restart: this console is read-only" in console.text


async def test_tab_completes_names_and_what_follows_them(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await console.press(COLON, "t", "h", "tab")
        field = console.app.screen.query_one("#command-input")
        assert field.value == "theme"  # type: ignore[attr-defined]  # an input
        await console.press("space", "l", "tab")
        assert field.value == "theme light"  # type: ignore[attr-defined]  # an input
        await console.press("enter")
        assert console.app.theme == "jobboy-light"


async def test_what_tab_has_chosen_is_always_in_view(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await console.press(COLON, *["tab"] * 12)
        field = console.app.screen.query_one("#command-input")
        (chosen,) = [line for line in console.text.splitlines() if line.startswith(" > ")]
        assert chosen.split()[1] == field.value  # type: ignore[attr-defined]  # an input


async def test_lines_are_remembered_and_come_back_with_the_arrows(operations: FakeOperations, tmp_path: Path) -> None:
    file = tmp_path / "remembered.json"
    async with opened(operations, memory=Memory(file)) as console:
        await typed(console, "handled")
        await typed(console, "view all")
    async with opened(operations, memory=Memory(file)) as console:
        await console.press(COLON, "up", "up")
        assert console.app.screen.query_one("#command-input").value == "handled"  # type: ignore[attr-defined]  # an input


async def test_quit_can_be_typed(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await typed(console, "q")
        assert not console.app.is_running


async def test_the_palette_offers_what_can_be_done_here_and_does_it(operations: FakeOperations) -> None:
    operations.add()
    async with opened(operations) as console:
        await console.press("6", "ctrl+p")
        assert isinstance(console.app.screen, Palette)
        await console.until_shown("Narrow the list")
        assert "Previous tab" not in console.text
        await console.type("explain")
        await console.until_shown("No matches found")
        await console.press("escape", "ctrl+p")
        await console.type("open the process")
        await console.until_shown("open  enter")
        await console.press("enter", "enter")
        await console.until(lambda: isinstance(console.app.screen, ProcessScreen))


async def test_the_configuration_says_where_it_comes_from(operations: FakeOperations, tmp_path: Path) -> None:
    config = Config(source=tmp_path / "config.toml", warnings=("x.toml: thme: is not known",))
    async with opened(operations, size=(120, 36), config=config) as console:
        assert "1 warning about the configuration. :config tells more." in console.said
        await typed(console, "config")
        assert "config.toml" in console.text
        assert "thme: is not known" in console.text


async def test_a_dialog_keeps_its_keys_to_itself(operations: FakeOperations) -> None:
    operations.stuck()
    async with opened(operations) as console:
        await console.press("R")
        dialog = console.app.screen
        for key in (COLON, "ctrl+p", "question_mark"):
            await console.press(key)
            assert console.app.screen is dialog


async def test_what_is_too_long_for_a_terminal_is_not_copied_and_says_so(operations: FakeOperations) -> None:
    process = operations.add()
    async with opened(operations) as console:
        await console.press("6", "y")
        assert console.app.clipboard == process.id
        assert "Id copied." in console.said
        copy(console.app.screen, "x" * (MOST_BYTES + 1), "The text")
        await console.settle()
        assert console.app.clipboard == process.id
        assert "The text has 74,995 bytes, and terminals take 74,994" in console.said


async def test_a_click_in_the_footer_does_what_the_key_does(
    operations: FakeOperations,
) -> None:
    operations.add()
    async with opened(operations) as console:
        await console.press("6")
        place = console.text.splitlines()[-1].index("space mark")
        await console.pilot.click(offset=(place + 1, 23))
        await console.settle()
        assert "1 marked" in console.text


async def test_the_help_tells_whole_sentences_at_80_columns(operations: FakeOperations) -> None:
    async with opened(operations) as console:
        await console.press("question_mark")
        await console.type("write it")
        told = " ".join(line.strip(" │") for line in console.text.splitlines())
        assert "Write it, the marked ones or all of the list to a file" in " ".join(told.split())
