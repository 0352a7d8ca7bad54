"""A process in words as lines: what state it is in, why, what happens next, and with which key one can do what."""

from __future__ import annotations

from collections.abc import Iterator

from jobboy_console.commands import COMMANDS
from jobboy_console.commands.keymap import USUAL, Keymap
from jobboy_console.facts.acts import Act
from jobboy_console.facts.snapshots import Account, Advice
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text

_COMMANDS = {command.verb: command for command in COMMANDS if command.verb}
_INDENT = 9
"""Cells of the longest verb and a gap."""


def account_lines(
    account: Account, width: int, *, read_only: bool = False, brief: bool = False, keymap: Keymap = USUAL
) -> list[Line]:
    """Return the lines of an account, broken at `width`; a brief one leaves out what cannot be done."""
    lines = wrap(((safe_text(account.state, limit=None), "bold"),), width)
    lines += [(), (("Why", "heading"),), *_sentences(account.why, width)]
    lines += [(), (("What happens next", "heading"),), *_sentences(account.next, width)]
    lines += [(), (("What you can do", "heading"),)]
    if read_only:
        lines += wrap((("Nothing from here: this console is read-only. Elsewhere:", "warning"),), width)
    for advice in account.advice:
        if brief and not advice.allowed:
            continue
        lines += wrap(_advice(advice, read_only, keymap), width, indent=_INDENT + 2)
    return lines


def _sentences(sentences: tuple[str, ...], width: int) -> Iterator[Line]:
    for sentence in sentences:
        yield from wrap((("· ", "quiet"), (safe_text(sentence, limit=None), "plain")), width, indent=2)


def _advice(advice: Advice, read_only: bool, keymap: Keymap) -> Line:
    possible = (advice.allowed or advice.needs_force) and not read_only
    key, word = keymap.label(_COMMANDS[advice.act.value]), Act(advice.act).value
    style = "plain" if possible else "quiet"
    return (
        ("  " if read_only else f"{key} ", "key" if possible else "quiet"),
        (f"{word:<{_INDENT}}", style),
        (safe_text(advice.text, limit=None), style),
    )
