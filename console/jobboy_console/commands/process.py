"""One process: its tabs, and moving in trees, rows, texts and the tail."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

TABS = ("Store", "Parameters", "Reports", "Output", "Steps", "Timeline", "Tail")
"""Of the screen, in the order of their keys."""
SECTIONS = (
    Section(
        "process",
        "One process",
        (
            Command("process.previous", "left_square_bracket", "tab(-1)", "previous", "Previous tab"),
            Command("process.next", "right_square_bracket", "tab(1)", "next", "Next tab"),
            *(
                Command(f"process.{number}", str(number), f"show({number - 1})", name, f"Tab: {name}")
                for number, name in enumerate(TABS, start=1)
            ),
            Command(
                "process.explain",
                "x",
                "explain",
                "explain",
                "Say in words why it is so, and what one can do",
                footer=True,
            ),
            Command(
                "process.versions",
                "t,comma",
                "versions",
                "versions",
                "Go through the versions of its store",
                footer=True,
            ),
            Command("process.logs", "l", "logs", "log", "What its steps printed and logged"),
            Command("process.diff", "d", "diff", "diff", "What the last change did, and any two versions"),
            Command("process.search", "slash", "search", "search", "Search in what is shown", footer=True),
            Command("process.keep", "ampersand", "keep", "keep only", "Keep only lines with a text, !text without"),
            Command("process.next_match", "n", "next_match(1)", "next match", "Next place that was searched"),
            Command("process.previous_match", "N", "next_match(-1)", "previous match", "The place before"),
            Command(
                "process.expand", "e", "expand", "expand", "Everything open, long values whole, and back", footer=True
            ),
            Command("process.pane", "tab", "pane", "pane", "To the other pane, where there are two"),
        ),
    ),
    Section(
        "tree",
        "Store, parameters and other values",
        (
            Command("tree.fold", "space,left,right", "fold", "fold", "Open or close an object or a list"),
            Command("tree.whole", "v", "whole", "whole value", "The value under the cursor in full", footer=True),
        ),
    ),
    Section(
        "rows",
        "Moving in rows",
        (
            Command("rows.pick", "enter", "pick", "open", "Take the row under the cursor"),
            Command("rows.down", "down,j", "move(1)", "down", "Next row"),
            Command("rows.up", "up,k", "move(-1)", "up", "Previous row"),
            Command("rows.page_down", "pagedown,ctrl+f", "page(1.0)", "page down", "A page down"),
            Command("rows.page_up", "pageup", "page(-1.0)", "page up", "A page up"),
            Command("rows.half_down", "ctrl+d", "page(0.5)", "half down", "Half a page down"),
            Command("rows.half_up", "ctrl+u", "page(-0.5)", "half up", "Half a page up"),
            Command("rows.first", "home,g", "first", "first", "The first row"),
            Command("rows.last", "end,G", "last", "last", "The last row"),
        ),
    ),
    Section(
        "text",
        "Texts, timeline and tail",
        (
            Command("text.follow", "f", "follow", "follow", "Follow new lines at the end"),
            Command("text.wrap", "w", "wrap", "wrap", "Break long lines, and back"),
            Command("text.down", "down,j", "scroll_lines(1)", "down", "A line down"),
            Command("text.up", "up,k", "scroll_lines(-1)", "up", "A line up; the tail stops following"),
            Command("text.page_down", "pagedown,ctrl+f,space", "scroll_pages(1.0)", "page down", "A page down"),
            Command("text.page_up", "pageup", "scroll_pages(-1.0)", "page up", "A page up"),
            Command("text.half_down", "ctrl+d", "scroll_pages(0.5)", "half down", "Half a page down"),
            Command("text.half_up", "ctrl+u", "scroll_pages(-0.5)", "half up", "Half a page up"),
            Command("text.first", "home,g", "first", "first", "The first line"),
            Command("text.last", "end,G", "last", "last", "The last line; the tail follows again"),
        ),
    ),
    Section(
        "tail",
        "The tail",
        (
            Command("tail.marker", "m", "marker", "mark", "Draw a line under what came until now", footer=True),
            Command("tail.save", "o", "save", "save", "Write what is kept of the tail to a file", footer=True),
            Command("tail.moments", "h", "moments", "times", "Show or leave out the moments"),
        ),
    ),
    Section(
        "whole",
        "A value in full",
        (
            Command("whole.copy", "y", "copy", "copy", "Copy it to the clipboard of your terminal"),
            Command("whole.close", "escape,q,enter", "close", "close", "Back"),
        ),
    ),
)
