"""The views of one operator: the built-in ones, those of the configuration, those that were saved, as last sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from jobboy_console.config import SavedView
from jobboy_console.facts.views import BUILT_IN, View, own_view
from jobboy_console.machine.memory import Memory

SAVED, SHAPES, RECENT = "views", "view-shapes", "filters"
ALL = 5
"""Place of the view that has every process."""
MOST_RECENT = 50
"""Filters that are remembered."""


class Shelf:
    """The views of an operator, which of them is shown, and which was before.

    Args:
        memory: keeps them from one time to the next.
        configured: those of the configuration.
        filter: begin with all processes, narrowed by this.
    """

    def __init__(self, memory: Memory, configured: Sequence[SavedView] = (), *, filter: str = "") -> None:
        self._memory = memory
        self._configured = configured
        self.views = all_views(configured, memory)
        self.view = replace(self.views[ALL if filter else 0], filter=filter)
        """The one that is shown."""
        self._before = self.view.name

    @property
    def names(self) -> list[str]:
        """What stands on the tabs."""
        return [view.name for view in self.views]

    @property
    def saved_names(self) -> list[str]:
        """Those that can be forgotten."""
        kept = _list(self._memory.recall(SAVED))
        return [view["name"] for view in kept if isinstance(view, dict) and isinstance(view.get("name"), str)]

    @property
    def place(self) -> int:
        """Place of the one that is shown."""
        return self.names.index(self.view.name) if self.view.name in self.names else 0

    def show(self, view: View) -> None:
        """Take note that a view is shown."""
        if view.name != self.view.name:
            self._before = self.view.name
        self.view = view

    def at(self, place: int) -> View | None:
        """Return the view of a place, narrowed like the one that is shown; None when there is none."""
        now = self.view
        if not 0 <= place < len(self.views):
            return None
        return replace(self.views[place], filter=now.filter, handled=now.handled, statuses=now.statuses)

    def before(self) -> View:
        """Return the view that was shown before, or the first when it is gone."""
        return self.at(self.names.index(self._before) if self._before in self.names else 0) or self.view

    def shape(self, view: View) -> None:
        """Remember how a view is sorted and which columns it has."""
        remember_shape(view, self._memory)
        self.views = [
            replace(kept, sort=view.sort, columns=view.columns) if kept.name == view.name else kept
            for kept in self.views
        ]

    def save(self, name: str) -> View:
        """Keep the list as it is as a view; raises like `save_view`."""
        saved = save_view(self.view, name, self._memory)
        self.views = all_views(self._configured, self._memory)
        return saved

    def forget(self, name: str) -> View:
        """Forget a saved view; returns the one to show now.

        Raises:
            ValueError: there is no saved view of this name.
        """
        if not forget_view(name.strip(), self._memory):
            raise ValueError(f"no view {name.strip()!r} was saved")
        self.views = all_views(self._configured, self._memory)
        return self.view if self.view.name in self.names else self.views[0]


def all_views(configured: Iterable[SavedView], memory: Memory) -> list[View]:
    """Return the views in the order of their keys, each sorted and with the columns that were chosen last."""
    views = list(BUILT_IN)
    for view in configured:
        views.append(own_view(view.name, view.filter, sort=view.sort, columns=view.columns))
    for kept in _list(memory.recall(SAVED)):
        if isinstance(kept, dict) and isinstance(kept.get("name"), str) and isinstance(kept.get("filter"), str):
            views.append(own_view(kept["name"], kept["filter"], sort=_text(kept.get("sort"))))
    shapes = memory.recall(SHAPES)
    return [_shaped(view, shapes.get(view.name) if isinstance(shapes, dict) else None) for view in views]


def save_view(view: View, name: str, memory: Memory) -> View:
    """Keep a list as it is, under a name of the operator's.

    Raises:
        ValueError: the name is none, or it is taken by a built-in view.
    """
    name = name.strip()
    if not name or len(name) > 30 or not name.isprintable():
        raise ValueError("a view needs a name of at most 30 characters")
    if name in {built_in.name for built_in in BUILT_IN}:
        raise ValueError(f"{name} is built in: choose another name")
    saved = own_view(name, view.one_filter, sort=view.order, columns=view.columns)
    kept = [other for other in _list(memory.recall(SAVED)) if isinstance(other, dict) and other.get("name") != name]
    memory.remember(SAVED, [*kept, {"name": name, "filter": saved.sections[0], "sort": saved.sort}])
    remember_shape(saved, memory)
    return saved


def forget_view(name: str, memory: Memory) -> bool:
    """Forget a saved view; False when there is none of this name."""
    views = _list(memory.recall(SAVED))
    kept = [view for view in views if not (isinstance(view, dict) and view.get("name") == name)]
    if len(kept) == len(views):
        return False
    memory.remember(SAVED, kept)
    return True


def remember_shape(view: View, memory: Memory) -> None:
    """Keep how a view is sorted and which columns it has."""
    shapes = memory.recall(SHAPES)
    shapes = dict(shapes) if isinstance(shapes, dict) else {}
    shapes[view.name] = {"sort": view.sort, "columns": list(view.columns)}
    memory.remember(SHAPES, shapes)


def recent_filters(memory: Memory) -> list[str]:
    """Return the filters that were used, the last one first."""
    return [text for text in _list(memory.recall(RECENT)) if isinstance(text, str)]


def remember_filter(text: str, memory: Memory) -> None:
    """Keep a filter as the last one that was used."""
    others = [other for other in recent_filters(memory) if other != text]
    memory.remember(RECENT, [text, *others][:MOST_RECENT])


def _shaped(view: View, shape: object) -> View:
    if not isinstance(shape, dict):
        return view
    columns = tuple(name for name in _list(shape.get("columns")) if isinstance(name, str))
    return replace(view, sort=_text(shape.get("sort")), columns=columns or view.columns)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
