"""Dialogs and editors."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

SECTIONS = (
    Section(
        "proceed",
        "Answering a paused process",
        (
            Command(
                "proceed.review", "ctrl+s", "review", "review", "Check the answer and ask once more", footer=True
            ),
            Command(
                "proceed.form", "ctrl+t", "form", "form/JSON", "The form of its schema, or the JSON", footer=True
            ),
            Command(
                "proceed.editor",
                "ctrl+e",
                "editor",
                "$EDITOR",
                "Write it in the editor of $VISUAL or $EDITOR",
                footer=True,
                anywhere=True,
            ),
            Command("proceed.cancel", "escape", "back", "cancel", "Leave it paused", footer=True),
        ),
    ),
    Section(
        "choice",
        "A field with few values",
        (
            Command("choice.next", "right,space", "choose(1)", "next", "The next value"),
            Command("choice.previous", "left", "choose(-1)", "previous", "The value before"),
        ),
    ),
    Section(
        "moved",
        "An answer whose pause has moved",
        (
            Command("moved.theirs", "t", "choose('theirs')", "theirs", "Begin anew with what is there now"),
            Command("moved.mine", "m", "choose('mine')", "mine", "Keep what you changed, over what is there now"),
            Command("moved.leave", "l", "choose('leave')", "leave", "Leave it, and lose what you typed"),
            Command("moved.stay", "n,escape", "no", "stay", "Go on editing"),
        ),
    ),
    Section(
        "dialog",
        "Dialogs",
        (
            Command("dialog.yes", "y", "yes", "yes", "Do it"),
            Command("dialog.no", "n,escape", "no", "no", "Do nothing"),
        ),
    ),
)
