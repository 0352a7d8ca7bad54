"""What is drawn when something changes: no line that is as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from jobboy_console.looks.lines import Line
from jobboy_console.screens.place import PlaceScreen
from jobboy_console.widgets.borders import write_subtitle, write_title
from jobboy_console.widgets.cursor_view import CursorView, PickRow
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.line_widget import LineWidget
from jobboy_console.widgets.text_view import TextView
from tests.console.conftest import Console, opened
from tests.console.fake_operations import FakeOperations
from tests.console.pictures.worlds import a_house


class WatchedText(TextView):
    """Notes which lines are drawn."""

    drawn: set[int]

    def render_line(self, y: int) -> Strip:
        self.drawn.add(y)
        return super().render_line(y)


class WatchedRows(CursorView):
    """Notes which rows are drawn."""

    drawn: set[int]

    def render_line(self, y: int) -> Strip:
        self.drawn.add(y)
        return super().render_line(y)


class Alone(App[None]):
    """One widget on the screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def get_css_variables(self) -> dict[str, str]:
        return {**super().get_css_variables(), "frame": "#808080"}

    def compose(self) -> ComposeResult:
        yield self._widget


@asynccontextmanager
async def shown(widget: WatchedText | WatchedRows | LineBar) -> AsyncIterator[Console]:
    if isinstance(widget, LineWidget):
        widget.drawn = set()
    app = Alone(widget)
    async with app.run_test(size=(40, 10)) as pilot:
        console = Console(app, pilot)  # type: ignore[arg-type]  # any application will do
        await console.settle()
        yield console


def lines(*texts: str) -> list[Line]:
    return [((text, "plain"),) for text in texts]


def rows(*texts: str) -> list[PickRow]:
    return [PickRow(text[:3], line) for text, line in zip(texts, lines(*texts), strict=True)]


def dirty(screen: PlaceScreen) -> dict[Widget, set[Region]]:
    """Return what is to be drawn, by widget; some that were never seen are so for ever."""
    return {part: set(part._dirty_regions) for part in screen.walk_children(Widget)}


async def drawn_by(console: Console, widget: WatchedText | WatchedRows) -> set[int]:
    await console.settle()
    drawn, widget.drawn = widget.drawn, set()
    return drawn


async def test_a_text_draws_only_lines_that_are_others() -> None:
    view = WatchedText()
    async with shown(view) as console:
        view.show(lines("one", "two", "three", "four"))
        await drawn_by(console, view)
        view.show(lines("one", "2", "three", "four"))
        assert await drawn_by(console, view) == {1}
        view.show(lines("one", "2", "three"))
        assert await drawn_by(console, view) == {3}, "a line that is gone is drawn empty"
        view.show(lines("one", "2", "three"))
        assert await drawn_by(console, view) == set()


async def test_a_text_that_grows_beyond_its_place_can_be_scrolled_and_shrinks_again() -> None:
    view = WatchedText()
    async with shown(view) as console:
        view.show(lines(*(f"line {number}" for number in range(30))))
        await console.settle()
        view.action_last()
        await console.settle()
        assert "line 29" in console.text
        view.show(lines("the only one"))
        await console.settle()
        assert console.text.splitlines()[0].startswith("the only one")
        assert "line" not in console.text


async def test_rows_draw_only_those_that_are_others_and_the_cursor() -> None:
    view = WatchedRows()
    async with shown(view) as console:
        view.show_rows(rows("a: 1", "b: 1", "c: 1"))
        await drawn_by(console, view)
        view.show_rows(rows("a: 1", "b: 2", "c: 1"))
        assert await drawn_by(console, view) == {1}
        view.show_rows(rows("a: 1", "b: 2", "c: 1"), cursor="c: ")
        assert await drawn_by(console, view) == {0, 2}
        view.show_rows(rows("a: 1", "b: 2", "c: 1"))
        assert await drawn_by(console, view) == set(), "what is shown every second and is the same draws nothing"


async def test_words_in_a_border_draw_its_line_alone() -> None:
    view = WatchedText()
    view.styles.border = ("round", "white")
    view.styles.padding = (0, 1)
    async with shown(view) as console:
        view.show(lines("one", "two"))
        await drawn_by(console, view)
        before = set(view._dirty_regions)
        write_title(view, "the title")
        write_subtitle(view, "what is below")
        lines_drawn = {(region.y, region.height) for region in view._dirty_regions - before}
        assert lines_drawn == {(0, 1), (9, 1)}
        assert await drawn_by(console, view) == set()
        assert "the title" in console.text.splitlines()[0]
        assert "what is below" in console.text.splitlines()[-1]


async def test_verbs_that_apply_to_another_row_are_drawn_without_laying_the_screen_out_anew(
    operations: FakeOperations,
) -> None:
    operations.stuck()
    operations.add(status="failed")
    async with opened(operations) as console:
        laid_out: list[Screen[Any]] = []
        console.app.screen.screen_layout_refresh_signal.subscribe(console.app.screen, laid_out.append)
        for key in "jkjkjkjk":
            before = console.text.splitlines()[-1]
            await console.press(key)
            assert console.text.splitlines()[-1] != before
        assert len(laid_out) < 4, "what is read later may be laid out meanwhile"


async def test_a_line_that_is_another_is_laid_out_anew_only_when_it_takes_more_room() -> None:
    bar = LineBar()
    async with shown(bar) as console:
        bar.show(lines("one"))
        await console.settle()
        laid_out: list[Screen[Any]] = []
        console.app.screen.screen_layout_refresh_signal.subscribe(console.app.screen, laid_out.append)
        bar.show(lines("two"))
        await console.until_shown("two")
        await console.settle()
        assert laid_out == []
        bar.show(lines("two", "three"))
        await console.until_shown("three")
        assert laid_out


async def test_a_place_at_which_nothing_happens_draws_nothing() -> None:
    async with opened(a_house()) as console:
        for key in ("f2", "f3", "f4"):
            await console.press(key)
            screen = console.app.screen
            assert isinstance(screen, PlaceScreen)
            await console.settle()
            before = dirty(screen)
            screen.tick(screen.situation)
            assert dirty(screen) == before
