"""An explanation as people read it: sentences under what they answer, broken between words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from jobboy.cli.terminal import Terminal
from jobboy.cli.text import safe_text
from jobboy.model.identifiers import short_id
from jobboy.operations.explaining import Explanation

_LABEL = 10
MAX_WIDTH = 110
"""Characters of a line of prose, however wide the terminal is."""


def print_explanation(explanation: Explanation) -> None:
    """Print state, causes, what comes next, and the verbs."""
    terminal = Terminal()
    _print(terminal, "process", [f"{explanation.code} {short_id(explanation.id)}"])
    _print(terminal, "state", [explanation.state])
    _print(terminal, "why", explanation.why)
    _print(terminal, "next", explanation.next)
    for advice in explanation.advice:
        style = "" if advice.allowed else "dim"
        _print(terminal, advice.verb.value, [advice.text], style=style)


def _print(terminal: Terminal, label: str, sentences: Sequence[str], *, style: str = "") -> None:
    width = min(terminal.width, MAX_WIDTH)
    for index, sentence in enumerate(sentences):
        head = f"{'' if index else label:<{_LABEL}}"
        lines = textwrap.wrap(
            safe_text(sentence), width, initial_indent=head, subsequent_indent=" " * _LABEL, drop_whitespace=True
        )
        for line in lines:
            terminal.print(line, style=style or None)
