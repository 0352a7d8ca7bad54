"""The list of processes: what one can do with it, and moving in it."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

SECTIONS = (
    Section(
        "home",
        "List of processes",
        (
            Command("list.open", "enter", "open", "open", "Open the process under the cursor", footer=True),
            Command(
                "list.filter", "slash", "filter", "filter", "Narrow the list: failed,failing code:import", footer=True
            ),
            Command("list.handled", "h", "handled", "handled", "Only handled, only unhandled, both"),
            Command("list.statuses", "s", "statuses", "statuses", "Choose which statuses are shown"),
            Command("list.sort", "o", "sort", "order", "Choose what the list is sorted by", fills_in=True),
            Command(
                "list.columns",
                "c",
                "columns",
                "columns",
                "Choose columns; store.PATH and parameters.PATH too",
                fills_in=True,
            ),
            Command("list.pause", "p", "pause", "pause", "Stop showing changes, and go on"),
            Command("list.look_on", "m", "look_on", "look on", "Go on with a look that has stopped"),
            Command("list.mark_all", "a", "mark_all", "mark all", "Mark all that the list has, filtered as it is"),
            Command("list.tail", "l", "tail", "tail", "Open it at the live tail of its store", fills_in=True),
            *(
                Command(f"view.{number}", str(number), f"view({number - 1})", name, f"View: {name}")
                for number, name in enumerate(("Attention", "Active", "Handled", "Paused", "Failed", "All"), start=1)
            ),
            *(
                Command(f"view.{number}", str(number), f"view({number - 1})", "own view", "A view of your own")
                for number in (7, 8, 9)
            ),
            Command("view.save", "", "save_view", "save view", "Keep this list as a view", argument="NAME"),
            Command("view.forget", "", "forget_view", "forget view", "Forget a view that was saved", argument="NAME"),
            Command("view.last", "minus", "last_view", "last view", "The view that was shown before"),
        ),
    ),
    Section(
        "list",
        "Moving and marking",
        (
            Command(
                "list.mark", "space", "mark", "mark", "Mark it and go on; verbs then apply to all marked", footer=True
            ),
            Command("list.range", "v", "range", "range", "Begin a range; again: mark all from there to the cursor"),
            Command("list.unmark", "u", "unmark", "unmark", "Forget all marks"),
            Command("list.down", "down,j", "move(1)", "down", "Next process"),
            Command("list.up", "up,k", "move(-1)", "up", "Previous process"),
            Command("list.page_down", "pagedown,ctrl+f", "page(1.0)", "page down", "A page down"),
            Command("list.page_up", "pageup", "page(-1.0)", "page up", "A page up"),
            Command("list.half_down", "ctrl+d", "page(0.5)", "half down", "Half a page down"),
            Command("list.half_up", "ctrl+u", "page(-0.5)", "half up", "Half a page up"),
            Command("list.first", "g,home", "first", "first", "The newest process"),
            Command("list.last", "end,G", "last", "last", "The oldest process"),
        ),
    ),
    Section(
        "filter",
        "Typing a filter",
        (
            Command("filter.take", "tab", "take", "complete", "Take the chosen offer, or the first"),
            Command("filter.down", "down", "choose(1)", "next offer", "The next offer"),
            Command(
                "filter.up", "up", "choose(-1)", "before", "The offer before; above the first: filters used before"
            ),
            Command("filter.drop", "escape", "drop", "leave", "Leave the list as it was"),
        ),
    ),
    Section(
        "picker",
        "Choosing order and columns",
        (
            Command("picker.close", "escape,q", "close", "leave", "Leave it as it was"),
            Command("picker.done", "y", "done", "take", "Take what is chosen"),
        ),
    ),
    Section(
        "orders",
        "Choosing an order",
        (Command("orders.falling", "minus", "falling", "falling", "Sort the other way round, the greatest first"),),
    ),
    Section(
        "columns",
        "Choosing columns",
        (
            Command("columns.toggle", "space", "show_or_hide", "show", "Show the column, or hide it"),
            Command("columns.left", "comma", "shift(-1)", "left", "Move the column to the left"),
            Command("columns.right", "full_stop", "shift(1)", "right", "Move the column to the right"),
        ),
    ),
)
