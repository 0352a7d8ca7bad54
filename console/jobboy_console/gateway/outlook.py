"""Remembers how the last looks at the database went, for whoever tells it on the screen."""

from __future__ import annotations

from jobboy_console.facts.troubles import Kind, Trouble
from jobboy_console.gateway.trouble import trouble_of

REPLACED_LOOKS = 120
"""Looks during which it is said that another file has taken the place of the database: half a minute."""
FORBIDDEN_SWEEPS = 10
"""Of so many sweeps one is tried while this user may not write."""


class Outlook:
    """What is known to be wrong; written by the thread that looks, read by the screen."""

    def __init__(self) -> None:
        self._lost: Trouble | None = None
        self._forbidden: Trouble | None = None
        self._replaced = 0
        self._left_out = 0

    @property
    def trouble(self) -> Trouble | None:
        """The worst of what is wrong now, None when nothing is."""
        return self._lost or self._forbidden or (Trouble(Kind.REPLACED) if self._replaced else None)

    def seen(self) -> None:
        """Note that the database was read."""
        self._lost = None
        self._replaced = max(self._replaced - 1, 0)

    def not_seen(self, error: Exception) -> None:
        """Note that it could not be."""
        self._lost = trouble_of(error)

    def replaced(self) -> None:
        """Note that another file is looked at from now on."""
        self._replaced = REPLACED_LOOKS

    def shall_sweep(self) -> bool:
        """Say whether to try to write; while that is forbidden, only now and then."""
        if self._forbidden is None:
            return True
        self._left_out = (self._left_out + 1) % FORBIDDEN_SWEEPS
        return self._left_out == 0

    def swept(self, error: Exception | None = None) -> None:
        """Note that writing was possible, or why this user may not."""
        self._forbidden = None if error is None else trouble_of(error)
