"""The versions of one document, to be looked at one by one and compared; for threads that are not the screen's."""

from __future__ import annotations

from typing import Any

from jobboy.model.versions import ABSENT, DocumentName, Omitted, Versions
from jobboy_console.facts.changes import MISSING, LeftOut, value_change, value_changes
from jobboy_console.facts.snapshots import VersionLine, VersionView
from jobboy_console.gateway.converting import event_line

Document = DocumentName
"""``store``, ``output`` or ``reports``."""


class Travel:
    """What a document was after each of its changes, as it was read at one moment.

    Args:
        versions: of the document.
    """

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self.document = versions.name
        self.lines = (
            VersionLine(index=0, event=None),
            *(
                VersionLine(
                    index=index,
                    event=event_line(event),
                    changes=tuple(
                        value_changes(_part(event.before, versions.name), _part(event.after, versions.name))
                    ),
                )
                for index, event in enumerate(versions.events, start=1)
            ),
        )
        """From the oldest to the newest."""

    def view(self, index: int, base: int) -> VersionView:
        """Return a version and how it differs from another; both are numbers of `lines`."""
        found = [
            value_change(difference.path, _shown(difference.before), _shown(difference.after))
            for difference in self._versions.between(base, index)
        ]
        values = {key: _shown(value) for key, value in self._versions.at(index).items()}
        return VersionView(index=index, base=base, values=values, changes=tuple(found))


def _part(document: dict[str, Any] | None, name: str) -> dict[str, Any]:
    return (document or {}).get(name) or {}


def _shown(value: Any) -> Any:
    """Return a value with the console's own signs for what is absent or was left out."""
    if isinstance(value, Omitted):
        return LeftOut(value.characters)
    if isinstance(value, dict):
        return {key: _shown(inner) for key, inner in value.items()}
    return MISSING if value is ABSENT else value
