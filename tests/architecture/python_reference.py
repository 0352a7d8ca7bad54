"""Writes the page of the Python interface: ``python -m tests.architecture.python_reference --write``."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

from docstring_parser import Docstring, DocstringStyle, parse

import jobboy
from jobboy import errors
from jobboy.engine.iteration_maker import IterationMaker
from jobboy.engine.pipeline import Pipeline
from jobboy.model.documents import ProcessStore
from jobboy.operations import BulkResult, Eligibility, Explanation, Guardrail, Operations, RestartPoint, Verb
from jobboy.operations.house import House
from jobboy.testing import FrozenClock
from jobboy.worker import Worker, WorkerSettings

PAGE = Path("docs/reference/python.md")
_HEAD = """# Python interface

Made from the docstrings by `python -m tests.architecture.python_reference --write`.

What no heading says more of is imported from `jobboy`. How it is used: [write work](../how-to/write-work.md),
[schedules](../how-to/schedules.md); text of filters: [filter language](filter-language.md). Times are aware and in
UTC; documents are JSON objects. `part` is an id, or any part of it that no other id has.
"""
_PARTS: Sequence[tuple[str, Sequence[type]]] = (
    ("Definitions", (jobboy.JobBoy, Pipeline, jobboy.Backoff, jobboy.CrashPolicy)),
    ("Processes", (jobboy.StepProcess, jobboy.HandledProcess, ProcessStore, jobboy.IterationResponse)),
    ("What is read", (jobboy.Process, jobboy.ProcessStatus)),
    ("Operations", (Operations, House, Verb, Eligibility, BulkResult, Explanation, RestartPoint, Guardrail)),
    ("Workers", (WorkerSettings, Worker, IterationMaker)),
    ("Testing", (FrozenClock,)),
)
_HOMES = {
    Pipeline: "made by `JobBoy.steps`",
    ProcessStore: "`process.store`",
    Operations: "made by `JobBoy.operations`",
    House: "`Operations.house`",
    WorkerSettings: "from `jobboy.worker`; its fields are the arguments of `JobBoy.worker`",
    Worker: "made by `JobBoy.worker`",
    IterationMaker: "made by `JobBoy.iteration_maker`",
    FrozenClock: "from `jobboy.testing`",
}
_HOMES |= dict.fromkeys((Verb, Eligibility, BulkResult, Explanation, RestartPoint, Guardrail), "`jobboy.operations`")
_MADE_BY_HAND = (jobboy.JobBoy, jobboy.Backoff, Guardrail, WorkerSettings, FrozenClock)
_OF_THE_ENGINE: Mapping[type, Collection[str]] = {
    Pipeline: ("define",),
    ProcessStore: ("from_text",),
    jobboy.Process: ("of_values", "changed", "claimed", "moved", "released"),
    Operations: ("define_schedules", "start_due", "acting", "permission"),
    Guardrail: ("holds_in", "concerns"),
    IterationMaker: ("work_through", "relieve"),
}
"""Public inside jobboy, of no use outside."""
_WIDEST = 100


def python_page() -> str:
    """Return the page, Markdown."""
    return "\n".join([_HEAD, *_parts(), *_errors()]).rstrip() + "\n"


def _parts() -> Iterator[str]:
    for title, classes in _PARTS:
        yield f"## {title}\n"
        for one in classes:
            yield from _class(one)
        if jobboy.JobBoy in classes:
            yield from _called("load_app", jobboy.load_app)


def _errors() -> Iterator[str]:
    yield "## Errors\n"
    tree = inspect.cleandoc(errors.__doc__ or "").replace("::\n\n", "")
    yield f"From `jobboy.errors`. {tree}\n"


def _class(one: type) -> Iterator[str]:
    yield f"### `{one.__name__}`{f', {_HOMES[one]}' if one in _HOMES else ''}\n"
    documented = parse(inspect.getdoc(one) or "", style=DocstringStyle.GOOGLE)
    yield from _prose(documented, with_arguments=one in _MADE_BY_HAND)
    told = {found.arg_name: _line(found.description) for found in documented.params if found.args[0] == "attribute"}
    fields = told | dict(_fields(one))
    if fields:
        yield "\n".join(f"- `{name}`: {text}" if text else f"- `{name}`" for name, text in fields.items()) + "\n"
    for name, member in _members(one):
        yield from _member(one, name, member)


def _fields(one: type) -> Iterator[tuple[str, str]]:
    """Names and texts of the documented fields, and of the members of an enumeration; parents first."""
    for parent in reversed(one.__mro__):
        if parent.__module__.startswith("jobboy"):
            (tree,) = ast.parse(textwrap.dedent(inspect.getsource(parent))).body
            assert isinstance(tree, ast.ClassDef)
            init = [node.body for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
            for body in (tree.body, *init):
                yield from _documented(body, every=issubclass(parent, Enum))


def _documented(body: Sequence[ast.stmt], *, every: bool) -> Iterator[tuple[str, str]]:
    for node, below in pairwise([*body, ast.Pass()]):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        name = getattr(target, "id", None) or getattr(target, "attr", None)
        text = below.value if isinstance(below, ast.Expr) else None
        if isinstance(text, ast.Constant) and name:
            yield name, _line(str(text.value))
        elif every and name and not name.startswith("_"):
            yield name, ""


def _members(one: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties in the order of the source, those of jobboy's own parents first."""
    own = [parent for parent in reversed(one.__mro__) if parent.__module__.startswith("jobboy")]
    for name, member in {name: member for parent in own for name, member in vars(parent).items()}.items():
        shown = isinstance(member, property) or inspect.isfunction(member)
        if shown and not name.startswith("_") and name not in _OF_THE_ENGINE.get(one, ()):
            yield name, member


def _member(one: type, name: str, member: Any) -> Iterator[str]:
    if isinstance(member, property):
        yield f"#### `{one.__name__}.{name}`\n"
        yield from _prose(parse(inspect.getdoc(member) or "", style=DocstringStyle.GOOGLE))
    else:
        yield from _called(f"{one.__name__}.{name}", member)


def _called(name: str, function: Any) -> Iterator[str]:
    yield f"#### `{name}`\n"
    yield f"```python\n{_signature(function)}\n```\n"
    yield from _prose(parse(inspect.getdoc(function) or "", style=DocstringStyle.GOOGLE))


def _signature(member: Any) -> str:
    """The head of a function as it stands in the source, defaults by their names; if long, an argument a line."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(member)))).body
    assert isinstance(found, ast.FunctionDef)
    arguments = found.args
    shown = [ast.unparse(ast.arguments([], [one], None, [], [], None, [])) for one in arguments.args]
    shown = [
        text if default is None else f"{text} = {ast.unparse(default)}"
        for text, default in zip(shown, _padded(arguments.defaults, len(shown)), strict=True)
    ]
    if arguments.args and arguments.args[0].arg == "self":
        del shown[0]
    if arguments.vararg is not None:
        shown.append(f"*{ast.unparse(arguments.vararg)}")
    elif arguments.kwonlyargs:
        shown.append("*")
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        shown.append(ast.unparse(one) if default is None else f"{ast.unparse(one)} = {ast.unparse(default)}")
    if arguments.kwarg is not None:
        shown.append(f"**{ast.unparse(arguments.kwarg)}")
    returned = f" -> {ast.unparse(found.returns)}" if found.returns else ""
    line = f"{found.name}({', '.join(shown)}){returned}"
    lines = "".join(f"    {text},\n" for text in shown)
    return line if len(line) <= _WIDEST else f"{found.name}(\n{lines}){returned}"


def _padded(defaults: Sequence[ast.expr], length: int) -> Sequence[ast.expr | None]:
    return [None] * (length - len(defaults)) + list(defaults)


def _prose(documented: Docstring, *, with_arguments: bool = True) -> Iterator[str]:
    for text in (documented.short_description, documented.long_description):
        if text:
            yield f"{_code(text)}\n"
    arguments = [one for one in documented.params if with_arguments and one.args[0] == "param"]
    if arguments:
        yield "\n".join(f"- `{one.arg_name}`: {_line(one.description)}" for one in arguments) + "\n"
    for raised in documented.raises:
        yield f"Raises `{raised.type_name}`: {_line(raised.description)}\n"


def _line(text: str | None) -> str:
    return " ".join(_code(text or "").split())


def _code(text: str) -> str:
    return re.sub(r"``(.+?)``", r"`\1`", text)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(python_page(), encoding="utf-8")
    else:
        sys.stdout.write(python_page())
