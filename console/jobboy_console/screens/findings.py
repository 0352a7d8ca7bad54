"""What was searched for and kept in each tab, in words for its border."""

from __future__ import annotations

from jobboy_console.looks.text import safe_text
from jobboy_console.reading.searching import Needle
from jobboy_console.widgets.text_view import TextView
from jobboy_console.widgets.tree_view import TreeView


class Findings:
    """Remembers, by the name of a tab, the last search and the keep-only filter."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self._kept: dict[str, str] = {}

    def search(self, name: str, view: TreeView | TextView, typed: str) -> None:
        """Search in a tab; nothing typed ends the search."""
        needle = Needle.read(typed)
        self._words[name] = _quoted(needle)
        self._places[name] = view.search(needle)

    def go_on(self, name: str, view: TreeView | TextView, by: int) -> None:
        """Go to the next place, or the one before."""
        self._places[name] = view.next_match(by)

    def keep(self, name: str, view: TextView, typed: str) -> None:
        """Keep only some lines of a tab; nothing typed keeps all."""
        needle = Needle.read(typed)
        kept = view.keep(needle)
        self._kept[name] = f"keeps {_quoted(needle)}· {kept}" if kept else ""

    def words(self, name: str) -> str:
        """Say what was found and kept in a tab, in safe words."""
        found = self._words.get(name, "") + self._places.get(name, "")
        return " · ".join(words for words in (found, self._kept.get(name, "")) if words)


def _quoted(needle: Needle | None) -> str:
    return "" if needle is None else f"“{safe_text(needle.words, limit=30)}” "
