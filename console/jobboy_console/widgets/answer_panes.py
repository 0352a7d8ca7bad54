"""What an answer is written in: its form or its JSON, and beside it what it changes and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from jobboy_console.asking.answers import is_same, problem_lines, rest_lines, written
from jobboy_console.asking.forms import FormField
from jobboy_console.asking.json_places import nearest, places_of
from jobboy_console.facts.changes import value_changes
from jobboy_console.facts.decisions import Problem
from jobboy_console.gateway import Unreadable, read_answer
from jobboy_console.looks.lines import Line
from jobboy_console.reading.histories import change_lines
from jobboy_console.widgets.answer_form import AnswerForm
from jobboy_console.widgets.json_area import JsonArea
from jobboy_console.widgets.text_view import TextView

_UNCHANGED: list[Line] = [(("Nothing: its output stays as it is.", "quiet"),)]


class AnswerPanes(Container):
    """Holds the document that is written, in one of two ways; the way is changed without losing anything.

    Args:
        id: in the screen.
    """

    class Changed(Message):
        """Something was written."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._fields: tuple[FormField, ...] = ()
        self._output: Mapping[str, Any] = {}
        self.as_form = False
        """Whether the form is shown."""

    def compose(self) -> ComposeResult:
        """Return the form, the editor and the changes."""
        form = AnswerForm(id="proceed-form")
        form.display = False
        yield form
        yield JsonArea(id="proceed-editor", title="data (JSON)")
        changes = TextView(id="proceed-changes", wraps=True)
        changes.border_title = Content("what you change")
        yield changes

    @property
    def has_form(self) -> bool:
        """Whether there are fields to fill in."""
        return bool(self._fields)

    @property
    def document(self) -> dict[str, Any]:
        """The document as it is written now.

        Raises:
            Unreadable: what stands in the editor is no JSON object.
        """
        return self._form.document if self.as_form else read_answer(self._editor.text)

    @property
    def text(self) -> str:
        """The document as text, or whatever stands in the editor."""
        return written(self._form.document) if self.as_form else self._editor.text

    def begin(
        self,
        fields: tuple[FormField, ...],
        output: Mapping[str, Any],
        document: Mapping[str, Any],
        *,
        as_form: bool,
    ) -> None:
        """Write another document over another output, with the fields of its schema."""
        self._fields, self._output = fields, output
        self.show(document, as_form=as_form)

    def show(self, document: Mapping[str, Any], *, as_form: bool) -> None:
        """Show a document in the form, if there is one, or as JSON; text that means the same stays as it is."""
        self._turn(to_form=as_form)
        if self.as_form:
            self._form.load(self._fields, document, kept=self._output)
        else:
            if not self._says(document):
                self._editor.load_text(written(document))
            self._editor.focus()
        self.post_message(self.Changed())

    def take(self, text: str) -> None:
        """Take a text in place of what is written: into the form when that is shown and can hold it."""
        try:
            self.show(read_answer(text), as_form=self.as_form)
        except Unreadable:
            self._turn(to_form=False)
            self._editor.load_text(text)
            self._editor.focus()

    def show_answer(self, answer: Mapping[str, Any], problems: Sequence[Problem]) -> None:
        """Show what an answer changes, and at its place what is wrong with it."""
        lines_of = {} if self.as_form else self._lines_of(problems)
        self._editor.mark_lines(frozenset(line for line in lines_of.values() if line is not None))
        asked = {field.name for field in self._fields} if self.as_form else set()
        if self.as_form:
            self._form.show_problems(problems)
        before = {key: self._output[key] for key in answer if key in self._output}
        parts = [
            problem_lines([one for one in problems if one.keys[:1] not in {(name,) for name in asked}], lines_of),
            change_lines(value_changes(before, answer)) or _UNCHANGED,
            rest_lines(self._output, asked) if self.as_form else [],
        ]
        lines = [line for part in parts if part for line in (*part, ())]
        self.query_one(TextView).show(lines[:-1])

    def show_unreadable(self) -> None:
        """Take away the marks of an answer that cannot be read any more."""
        self._editor.mark_lines(frozenset())

    def go_to(self, place: tuple[int, int] | None) -> None:
        """Put the cursor of the editor at a place, if one is known."""
        if place is not None and not self.as_form:
            self._editor.move_cursor(place)
            self._editor.focus()

    def go_to_problem(self, problem: Problem) -> None:
        """Put the cursor where a rule is broken."""
        if self.as_form:
            self._form.focus_problem(problem)
        else:
            self.go_to(nearest(places_of(self._editor.text), problem.keys))

    @on(TextArea.Changed)
    @on(AnswerForm.Changed)
    def _written(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

    @property
    def _form(self) -> AnswerForm:
        return self.query_one(AnswerForm)

    @property
    def _editor(self) -> JsonArea:
        return self.query_one(JsonArea)

    def _turn(self, *, to_form: bool) -> None:
        self.as_form = to_form and self.has_form
        self._form.display, self._editor.display = self.as_form, not self.as_form

    def _says(self, document: Mapping[str, Any]) -> bool:
        try:
            return is_same(read_answer(self._editor.text), document)
        except Unreadable:
            return False

    def _lines_of(self, problems: Sequence[Problem]) -> dict[Problem, int | None]:
        places = places_of(self._editor.text) if problems else {}
        found = {problem: nearest(places, problem.keys) for problem in problems}
        return {problem: None if place is None else place[0] for problem, place in found.items()}
