"""Writes the page of all keys for the documentation: ``python -m jobboy_console.commands.document --write``."""

from __future__ import annotations

import sys
from pathlib import Path

from jobboy_console.commands import SECTIONS, Command, Section
from jobboy_console.commands.keymap import USUAL

PAGE = Path("docs/reference/console-keys.md")
_HEAD = """# Keys and commands of the console

Made from `console/jobboy_console/commands/` by `python -m jobboy_console.commands.document --write`.

Lower case looks, UPPER CASE changes and always asks. Each command can be typed after `:` by its id or by the last
part of its id; where there is no key it is only typed. Other keys are given by id in
[the configuration](../how-to/configure-the-console.md#keys).
"""


def keys_page() -> str:
    """Return the page, Markdown."""
    return "\n".join([_HEAD, *(_section(section) for section in SECTIONS)])


def _section(section: Section) -> str:
    rows = "\n".join(_row(command) for command in section.commands)
    return f"## {section.title}\n\n| keys | id | what it does |\n|---|---|---|\n{rows}\n"


def _row(command: Command) -> str:
    typed = f":{command.name} {command.argument}".rstrip()
    keys = " ".join(f"`{key}`" for key in USUAL.labels(command).split()) or f"`{typed}`"
    return f"| {keys} | `{command.id}` | {_cell(command.help)} |".replace("`|`", "`\\|`")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(keys_page(), encoding="utf-8")
    else:
        sys.stdout.write(keys_page())
