"""The answer to a pause as a form: a field for each property of its schema, with what is wrong under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from textual import events, on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from jobboy_console.asking.forms import FormField, Kind, entry_of, for_value, value_of
from jobboy_console.facts.changes import MISSING
from jobboy_console.facts.decisions import Problem
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.choice_field import ChoiceField
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput

MAX_ENTRY = 10_000
"""Characters of a field; longer texts are for the editor."""
NARROWER = 8
"""Columns that the frames around it take, for as long as its own width is not known."""
MOST_WRONG = 3
"""Broken rules that are told under one field."""


class AnswerForm(VerticalScroll, can_focus=False):
    """Shows and changes a document by the fields of its schema; what these do not name stays as it is.

    Args:
        id: in the screen.
    """

    class Changed(Message):
        """Something was filled in."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._fields: list[FormField] = []
        self._entries: list[ChoiceField | SteadyInput] = []
        self._heads: list[LineBar] = []
        self._wrong: list[LineBar] = []
        self._document: dict[str, Any] = {}
        self._kept: frozenset[str] = frozenset()
        self.border_title = Content("answer (form)")

    def load(self, fields: Sequence[FormField], document: Mapping[str, Any], *, kept: Iterable[str]) -> None:
        """Show a document in place of what is shown; the focus goes to the field it was in, else to the first.

        Args:
            fields: in their order.
            document: what is filled in.
            kept: keys that cannot be taken away, since the paused output has them.
        """
        self._kept = frozenset(kept)
        focused = next((at for at, entry in enumerate(self._entries) if entry.has_focus), 0)
        self._document = dict(document)
        self._fields = [for_value(field, self._document.get(field.name, MISSING)) for field in fields]
        self._entries = [self._entry(field) for field in self._fields]
        self._wrong = [LineBar() for _ in self._fields]
        self._heads = [LineBar(classes="field-name") for _ in self._fields]
        self._show_heads()
        self.remove_children()
        parts = zip(self._heads, self._entries, self._wrong, strict=True)
        self.mount_all([part for field in parts for part in field])
        self.call_after_refresh(self.focus_field, focused)

    @property
    def document(self) -> dict[str, Any]:
        """The document as it is filled in now: keys in the order they had, new ones after them."""
        filled = dict(self._document)
        for field, entry in zip(self._fields, self._entries, strict=True):
            value = self._value(field, entry)
            if value is MISSING:
                filled.pop(field.name, None)
            else:
                filled[field.name] = value
        return filled

    def focus_field(self, at: int) -> None:
        """Go to a field by its place."""
        if self.display and at < len(self._entries):
            self._entries[at].focus(scroll_visible=False)

    def focus_problem(self, problem: Problem) -> None:
        """Go to the field that a problem is about, if it is about one."""
        names = [field.name for field in self._fields]
        if problem.keys and problem.keys[0] in names:
            self.focus_field(names.index(str(problem.keys[0])))

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show under each field what is wrong with it."""
        for field, bar in zip(self._fields, self._wrong, strict=True):
            found = [problem for problem in problems if problem.keys[:1] == (field.name,)]
            bar.show([(("✗ ", "error"), (safe_text(_words(one), limit=200), "error")) for one in found[:MOST_WRONG]])

    def on_resize(self, event: events.Resize) -> None:
        """Break what stands above the fields for the new width."""
        self._show_heads()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Bring a field into view with its name above and what is wrong below, when all have their places."""
        at = next((at for at, entry in enumerate(self._entries) if entry is event.widget), None)
        if at is not None:
            self.call_after_refresh(self._bring_into_view, self._heads[at], self._entries[at], self._wrong[at])

    def _bring_into_view(self, *parts: Widget) -> None:
        if all(part.parent is self for part in parts):
            self.scroll_to_region(Region.from_union([part.virtual_region for part in parts]), animate=False)

    @on(Input.Changed)
    @on(ChoiceField.Changed)
    def _filled_in(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

    def _show_heads(self) -> None:
        width = self.scrollable_content_region.width - 1 or self.app.size.width - NARROWER
        for head, field in zip(self._heads, self._fields, strict=True):
            head.show(wrap(_head(field), width, indent=2))

    def _entry(self, field: FormField) -> ChoiceField | SteadyInput:
        value = self._document.get(field.name, MISSING)
        if field.kind is Kind.CHOICE:
            return ChoiceField(field.options(value, removable=field.name not in self._kept), value)
        shown = entry_of(field, value)
        hint = "not answered" if value is MISSING else "null" if value is None else ""
        return SteadyInput(shown, placeholder=hint, compact=True, max_length=max(MAX_ENTRY, len(shown)))

    def _value(self, field: FormField, entry: ChoiceField | SteadyInput) -> object:
        if isinstance(entry, ChoiceField):
            return entry.value
        before = self._document.get(field.name, MISSING)
        return value_of(field, entry.value, before, removable=field.name not in self._kept)


def _head(field: FormField) -> Line:
    return ((field.title, "key"), ("  ", "plain"), (field.hint, "quiet"))


def _words(problem: Problem) -> str:
    """Leave out the path of the field itself: it stands above."""
    return problem.rule if len(problem.keys) == 1 else problem.sentence
