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
            Command("list.tail", "l", "tail", "tail", "Open it at the live tail of its store"),
            *(
                Command(f"view.{number}", str(number), f"view({number - 1})", name, f"View: {name}")
                for number, name in enumerate(("Attention", "Active", "Handled", "Paused", "Failed", "All"), start=1)
            ),
        ),
    ),
    Section(
        "list",
        "Moving and marking",
        (
            Command(
                "list.mark", "space", "mark", "mark", "Mark it and go on; verbs then apply to all marked", footer=True
            ),
            Command("list.unmark", "u", "unmark", "unmark", "Forget all marks"),
            Command("list.down", "down,j", "move(1)", "down", "Next process"),
            Command("list.up", "up,k", "move(-1)", "up", "Previous process"),
            Command("list.page_down", "pagedown,ctrl+f", "page(1.0)", "page down", "A page down"),
            Command("list.page_up", "pageup", "page(-1.0)", "page up", "A page up"),
            Command("list.half_down", "ctrl+d", "page(0.5)", "half down", "Half a page down"),
            Command("list.half_up", "ctrl+u", "page(-0.5)", "half up", "Half a page up"),
            Command("list.first", "home,g", "first", "first", "The newest process"),
            Command("list.last", "end,G", "last", "last", "The oldest process"),
        ),
    ),
)
