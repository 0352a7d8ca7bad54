"""Every command of the console, once: keys, footer and help are made from this list.

Lower case looks, UPPER CASE changes. A key is changed by a command's id (`App.set_keymap`), never by its action.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

Scope = Literal[
    "list", "home", "process", "change", "tree", "rows", "text", "tail", "versions", "whole",
    "proceed", "dialog", "everywhere", "application",
]  # fmt: skip


@dataclass(frozen=True)
class Command:
    """Something an operator can do with a key."""

    id: str
    keys: str
    """In Textual's names, commas between alternatives."""
    action: str
    label: str
    """One or two words for the footer."""
    help: str
    scope: Scope
    footer: bool = False
    anywhere: bool = False
    """Whether its key counts in dialogs too."""

    @property
    def key_label(self) -> str:
        """The first key as people write it."""
        return shown_key(self.keys.split(",")[0])

    @property
    def verb(self) -> str | None:
        """The verb it begins, in the words of the command line; None for what does not change a process."""
        return self.action.split("'")[1] if self.action.startswith("verb(") else None

    @property
    def all_keys_label(self) -> str:
        """All keys as people write them."""
        return " ".join(shown_key(key) for key in self.keys.split(","))


COMMANDS = (
    Command("list.open", "enter", "open", "open", "Open the process under the cursor", "home", footer=True),
    Command("list.filter", "slash", "filter", "filter", "Narrow the list: failed,failing code:import", "home", True),
    Command("list.mark", "space", "mark", "mark", "Mark it and go on; verbs then apply to all marked", "list", True),
    Command("list.unmark", "u", "unmark", "unmark", "Forget all marks", "list"),
    Command("list.handled", "h", "handled", "handled", "Only handled, only unhandled, both", "home"),
    Command("list.statuses", "s", "statuses", "statuses", "Choose which statuses are shown", "home"),
    Command("list.tail", "l", "tail", "tail", "Open it at the live tail of its store", "home"),
    Command("list.down", "down,j", "move(1)", "down", "Next process", "list"),
    Command("list.up", "up,k", "move(-1)", "up", "Previous process", "list"),
    Command("list.page_down", "pagedown,ctrl+f", "page(1.0)", "page down", "A page down", "list"),
    Command("list.page_up", "pageup", "page(-1.0)", "page up", "A page up", "list"),
    Command("list.half_down", "ctrl+d", "page(0.5)", "half down", "Half a page down", "list"),
    Command("list.half_up", "ctrl+u", "page(-0.5)", "half up", "Half a page up", "list"),
    Command("list.first", "home,g", "first", "first", "The newest process", "list"),
    Command("list.last", "end,G", "last", "last", "The oldest process", "list"),
    *(
        Command(f"view.{number}", str(number), f"view({number - 1})", name, f"View: {name}", "home")
        for number, name in enumerate(("Attention", "Active", "Handled", "Paused", "Failed", "All"), start=1)
    ),
    Command("change.recover", "R", "verb('recover')", "recover", "Release a stuck process", "change", True),
    Command("change.fail", "F", "verb('fail')", "fail", "Make it fail, with teardown or at once", "change", True),
    Command("change.kill", "K", "verb('kill')", "kill", "Ask for its end", "change"),
    Command("change.proceed", "P", "verb('proceed')", "proceed", "Answer a paused process", "change", True),
    Command("change.restart", "T", "verb('restart')", "restart", "Start an ended process anew", "change", True),
    Command("change.work", "W", "pause_work", "pause work", "Pause or resume all work of the database", "change"),
    Command("process.previous", "left_square_bracket", "tab(-1)", "previous", "Previous tab", "process"),
    Command("process.next", "right_square_bracket", "tab(1)", "next", "Next tab", "process"),
    *(
        Command(f"process.{number}", str(number), f"show({number - 1})", name, f"Tab: {name}", "process")
        for number, name in enumerate(
            ("Store", "Parameters", "Reports", "Output", "Steps", "Timeline", "Tail"), start=1
        )
    ),
    Command(
        "process.explain",
        "x",
        "explain",
        "explain",
        "Say in words why it is so, and what one can do",
        "process",
        True,
    ),
    Command(
        "process.versions", "t,comma", "versions", "versions", "Go through the versions of its store", "process", True
    ),
    Command("process.diff", "d", "diff", "diff", "What the last change did, and any two versions", "process"),
    Command("process.search", "slash", "search", "search", "Search in what is shown", "process", True),
    Command(
        "process.keep", "ampersand", "keep", "keep only", "Keep only lines with a text, !text without", "process"
    ),
    Command("process.next_match", "n", "next_match(1)", "next match", "Next place that was searched", "process"),
    Command("process.previous_match", "N", "next_match(-1)", "previous match", "The place before", "process"),
    Command(
        "process.expand", "e", "expand", "expand", "Everything open, long values whole, and back", "process", True
    ),
    Command("process.pane", "tab", "pane", "pane", "To the other pane, where there are two", "process"),
    Command("tree.fold", "space,left,right", "fold", "fold", "Open or close an object or a list", "tree"),
    Command("tree.whole", "v", "whole", "whole value", "The value under the cursor in full", "tree", True),
    Command("rows.pick", "enter", "pick", "open", "Take the row under the cursor", "rows"),
    Command("rows.down", "down,j", "move(1)", "down", "Next row", "rows"),
    Command("rows.up", "up,k", "move(-1)", "up", "Previous row", "rows"),
    Command("rows.page_down", "pagedown,ctrl+f", "page(1.0)", "page down", "A page down", "rows"),
    Command("rows.page_up", "pageup", "page(-1.0)", "page up", "A page up", "rows"),
    Command("rows.half_down", "ctrl+d", "page(0.5)", "half down", "Half a page down", "rows"),
    Command("rows.half_up", "ctrl+u", "page(-0.5)", "half up", "Half a page up", "rows"),
    Command("rows.first", "home,g", "first", "first", "The first row", "rows"),
    Command("rows.last", "end,G", "last", "last", "The last row", "rows"),
    Command("tail.marker", "m", "marker", "mark", "Draw a line under what came until now", "tail", True),
    Command("tail.save", "o", "save", "save", "Write what is kept of the tail to a file", "tail", True),
    Command("tail.moments", "h", "moments", "times", "Show or leave out the moments", "tail"),
    Command("versions.older", "comma", "step(1)", "older", "The version before", "versions", True),
    Command("versions.newer", "full_stop", "step(-1)", "newer", "The version after", "versions", True),
    Command(
        "versions.base",
        "space",
        "base",
        "compare with",
        "Compare with this version; again: with the one before",
        "versions",
        True,
    ),
    Command("versions.diff", "d", "diff", "diff", "Only what differs, and back", "versions", True),
    Command(
        "versions.document",
        "right_square_bracket",
        "document(1)",
        "next document",
        "Store, output, reports",
        "versions",
        True,
    ),
    Command(
        "versions.document_back",
        "left_square_bracket",
        "document(-1)",
        "document before",
        "Reports, output, store",
        "versions",
    ),
    *(
        Command(f"versions.{number}", str(number), f"show({number - 1})", name, f"Versions of the {name}", "versions")
        for number, name in enumerate(("store", "output", "reports"), start=1)
    ),
    Command("versions.pane", "tab", "pane", "pane", "Between the versions and the document", "versions", True),
    Command("whole.copy", "y", "copy", "copy", "Copy it to the clipboard of your terminal", "whole"),
    Command("whole.close", "escape,q,enter", "close", "close", "Back", "whole"),
    Command("text.follow", "f", "follow", "follow", "Follow new lines at the end", "text"),
    Command("text.wrap", "w", "wrap", "wrap", "Break long lines, and back", "text"),
    Command("text.down", "down,j", "scroll_lines(1)", "down", "A line down", "text"),
    Command("text.up", "up,k", "scroll_lines(-1)", "up", "A line up; the tail stops following", "text"),
    Command("text.page_down", "pagedown,ctrl+f,space", "scroll_pages(1.0)", "page down", "A page down", "text"),
    Command("text.page_up", "pageup", "scroll_pages(-1.0)", "page up", "A page up", "text"),
    Command("text.half_down", "ctrl+d", "scroll_pages(0.5)", "half down", "Half a page down", "text"),
    Command("text.half_up", "ctrl+u", "scroll_pages(-0.5)", "half up", "Half a page up", "text"),
    Command("text.first", "home,g", "first", "first", "The first line", "text"),
    Command("text.last", "end,G", "last", "last", "The last line; the tail follows again", "text"),
    Command("proceed.review", "ctrl+s", "review", "review", "Check the data and ask once more", "proceed", True),
    Command("proceed.cancel", "escape", "back", "cancel", "Leave it paused", "proceed", True),
    Command("dialog.yes", "y", "yes", "yes", "Do it", "dialog"),
    Command("dialog.no", "n,escape", "no", "no", "Do nothing", "dialog"),
    Command("copy.id", "y", "copy_id", "copy id", "Copy the id to the clipboard of your terminal", "everywhere"),
    Command("back", "escape,q", "back", "back", "Back; in the list: clear the filter, then the marks", "everywhere"),
    Command("refresh", "ctrl+r", "reload", "refresh", "Read everything again", "everywhere"),
    Command("help", "question_mark", "help", "help", "This help", "application", True),
    Command(
        "quit",
        "ctrl+q",
        "quit",
        "quit",
        "End the console; asks while its worker is at work",
        "application",
        anywhere=True,
    ),
)

TITLES: dict[Scope, str] = {
    "home": "List of processes",
    "list": "Moving and marking",
    "change": "Changing (UPPER CASE, always asks)",
    "process": "One process",
    "tree": "Store, parameters and other values",
    "rows": "Moving in rows",
    "text": "Texts, timeline and tail",
    "tail": "The tail",
    "versions": "Versions of a document",
    "whole": "A value in full",
    "proceed": "Answering a paused process",
    "dialog": "Dialogs",
    "everywhere": "Everywhere",
    "application": "The console",
}
_SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "ampersand": "&",
    "comma": ",",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "esc",
    "down": "↓",
    "up": "↑",
    "home": "Home",
    "end": "End",
}


def shown_key(key: str) -> str:
    """Return a key as people write it: ``/``, ``PgDn``, ``ctrl+q``."""
    return _SHOWN.get(key, key)


def of_scope(*scopes: Scope) -> list[Command]:
    """Return the commands of some scopes in their order."""
    return [command for command in COMMANDS if command.scope in scopes]


def named(*ids: str) -> list[Command]:
    """Return the commands with these ids, in the order that is asked for."""
    known = {command.id: command for command in COMMANDS}
    return [known[command_id] for command_id in ids]


def bindings(*scopes: Scope) -> list[BindingType]:
    """Return the keys of some scopes for Textual; Textual's own footer is not used, so none is shown there."""
    return [
        Binding(command.keys, command.action, command.label, show=False, id=command.id, priority=command.anywhere)
        for command in of_scope(*scopes)
    ]
