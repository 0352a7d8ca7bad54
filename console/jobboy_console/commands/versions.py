"""The versions of a document of a process."""

from __future__ import annotations

from jobboy_console.commands.command import Command, Section

SECTIONS = (
    Section(
        "versions",
        "Versions of a document",
        (
            Command("versions.older", "comma", "step(1)", "older", "The version before", footer=True),
            Command("versions.newer", "full_stop", "step(-1)", "newer", "The version after", footer=True),
            Command(
                "versions.base",
                "space",
                "base",
                "compare with",
                "Compare with this version; again: with the one before",
                footer=True,
            ),
            Command("versions.diff", "d", "diff", "diff", "Only what differs, and back", footer=True),
            Command(
                "versions.document",
                "right_square_bracket",
                "document(1)",
                "next document",
                "Store, output, reports",
                footer=True,
            ),
            Command(
                "versions.document_back",
                "left_square_bracket",
                "document(-1)",
                "document before",
                "Reports, output, store",
            ),
            *(
                Command(f"versions.{number}", str(number), f"show({number - 1})", name, f"Versions of the {name}")
                for number, name in enumerate(("store", "output", "reports"), start=1)
            ),
            Command("versions.pane", "tab", "pane", "pane", "Between the versions and the document", footer=True),
        ),
    ),
)
