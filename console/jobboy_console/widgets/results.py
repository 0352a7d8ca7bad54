"""What became of each process of a plan, or would: the refused ones first; narrowed, copied and saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button

from jobboy_console.asking.census import census
from jobboy_console.asking.wording import title
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.decisions import Outcome, Plan
from jobboy_console.facts.rows import Row
from jobboy_console.looks.lines import Line, text_of
from jobboy_console.looks.text import fit, safe_text
from jobboy_console.machine.saving import save_text
from jobboy_console.reading.searching import Needle
from jobboy_console.widgets.ask_file import AskFile
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.search_bar import SearchBar
from jobboy_console.widgets.text_view import TextView

_CODE_CELLS = 20


_KEYS = "{results.keep} keep only · {results.wrap} wrap · {results.copy} copy · {results.save} save"


class Listing(ModalScreen[None]):
    """Shows lines that are narrowed with ``/``, copied with ``y`` and saved with ``o``.

    Args:
        head: what they are.
        lines: of safe text.
        name: of the file that is proposed.
        summary: what stands above them, safe.
    """

    BINDINGS = bindings("results")

    def __init__(self, head: str, lines: Sequence[Line], *, name: str, summary: str = "") -> None:
        super().__init__()
        self._head, self._lines, self._proposed, self._summary = head, lines, name, summary

    def compose(self) -> ComposeResult:
        """Return the list and the button."""
        with Vertical(classes="dialog tall whole") as box:
            box.border_title = Content(self._head)
            yield LineBar(id="results-summary", wraps=True)
            yield TextView(id="results-text", wraps=True)
            yield SearchBar("results")
            yield LineBar(id="results-hint")
            with Horizontal(classes="buttons"):
                yield Button(Content("Close"), id="results-close", compact=True)

    def on_mount(self) -> None:
        """Fill the list."""
        if self._summary:
            self.query_one("#results-summary", LineBar).show([((self._summary, "bold"),)])
        self.query_one(TextView).show(self._lines)
        self._hint(hint(_KEYS))
        self.query_one("#results-close", Button).focus()

    def action_keep(self) -> None:
        """Ask which lines to keep."""
        self.query_one(SearchBar).open("keep")

    def action_copy(self) -> None:
        """Copy the lines that are shown."""
        self.app.copy_to_clipboard(self._text)
        self.notify(f"{len(self.query_one(TextView).kept_lines):,} lines copied.", markup=False)

    def action_save(self) -> None:
        """Write the lines that are shown to a file."""
        self.app.push_screen(AskFile(f"Save {self._head}", self._proposed), self._save)

    def action_wrap(self) -> None:
        """Break long lines, and back."""
        self.query_one(TextView).action_wrap()

    def action_scroll(self, lines: int) -> None:
        """Move the list."""
        self.query_one(TextView).action_scroll_lines(lines)

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)

    @on(SearchBar.Typed)
    def _keep(self, event: SearchBar.Typed) -> None:
        event.stop()
        if event.text is not None:
            told = self.query_one(TextView).keep(Needle.read(event.text))
            self._hint(f"{told} · {hint('{results.keep} keep only')}" if told else hint(_KEYS))
        self.query_one("#results-close", Button).focus()

    @on(Button.Pressed, "#results-close")
    def _pressed_close(self) -> None:
        self.dismiss(None)

    def _save(self, name: str | None) -> None:
        if name is None:
            return
        try:
            path = save_text(name, self._text)
        except ValueError as error:
            self.notify(safe_text(error), title="Not saved", severity="error", markup=False)
        else:
            self.notify(f"Saved to {safe_text(path)}.", markup=False)

    def _hint(self, text: str) -> None:
        self.query_one("#results-hint", LineBar).show([((text, "quiet"),)])

    @property
    def _text(self) -> str:
        return text_of(self.query_one(TextView).kept_lines)


class Results(Listing):
    """Shows what became of each process, those that were not done first."""

    def __init__(self, head: str, outcomes: Sequence[Outcome]) -> None:
        ordered = sorted(outcomes, key=lambda outcome: (outcome.ok, not outcome.begun))
        super().__init__(head, [outcome_line(outcome) for outcome in ordered], name="results.txt")


class Judged(Listing):
    """Shows every process of a plan, with why it is skipped."""

    def __init__(self, plan: Plan, *, force: bool) -> None:
        make = partial(judged_line, plan, force)
        skipped = {id(item) for item in plan.skipped(force=force)}
        ordered = sorted(range(len(plan.items)), key=lambda at: id(plan.items[at]) not in skipped)
        lines, name = [make(at) for at in ordered], f"{plan.act.value}-plan.txt"
        super().__init__(title(plan), lines, name=name, summary=census(plan, force=force))


def told(outcomes: Sequence[Outcome]) -> str:
    """Say how many were done, refused and not begun."""
    words = Counter("done" if one.ok else "refused" if one.begun else "not begun" for one in outcomes)
    return ", ".join(f"{words[word]:,} {word}" for word in ("done", "refused", "not begun") if words[word])


def outcome_line(outcome: Outcome) -> Line:
    """Return the line of one result."""
    glyph, style = ("✓", "done") if outcome.ok else ("✗", "error") if outcome.begun else ("·", "quiet")
    return ((f"{glyph} ", style), (_head(outcome.row), "key"), (f"  {safe_text(outcome.text)}", "plain"))


def judged_line(plan: Plan, force: bool, at: int) -> Line:
    """Return the line of one process of a plan."""
    item = plan.items[at]
    head = _head(item.row)
    if item.allowed or (force and item.needs_force):
        return (("✓ ", "done"), (head, "key"), (f"  {safe_text(item.row.state.value.word)}", "plain"))
    return (("· ", "quiet"), (head, "key"), (f"  skipped: {safe_text(item.why_not or '')}", "plain"))


def _head(row: Row) -> str:
    return f"{fit(safe_text(row.short_id), 8)} {fit(safe_text(row.code), _CODE_CELLS)}"
