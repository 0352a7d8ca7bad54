"""The pause of all work of a database: whether it may be changed, and changing it."""

from __future__ import annotations

from collections.abc import Callable

from jobboy.operations import Operations


class Pausing:
    """Pauses all work and lets it go on.

    Args:
        operations: the door.
        read_only: why nothing can be changed from here; None when it can.
        must_be_writable: raises `Refused` for a verb when nothing can be written at this moment.
        protected: name of the profile, when every verb is to be confirmed by hand in it.
    """

    def __init__(
        self,
        operations: Operations,
        *,
        read_only: str | None,
        must_be_writable: Callable[[str], None],
        protected: str,
    ) -> None:
        self._operations = operations
        self._read_only = read_only
        self._must_be_writable = must_be_writable
        self._protected = protected

    def why_not(self, verb: str) -> str:
        """Return why ``pause`` or ``resume`` would be refused, not safe; empty when it would not. Reads nothing."""
        return self._read_only or self._operations.permission.why_not(verb) or ""

    def why_confirm(self, verb: str) -> str:
        """Return why ``pause`` or ``resume`` must be confirmed by hand, not safe; empty when it need not.

        Reads nothing, so the screen may ask.
        """
        asked = self._operations.permission.why_confirm(verb)
        if asked is not None:
            return f"A guardrail asks for it: {asked}"
        return f"The profile {self._protected} is protected." if self._protected else ""

    def pause(self, reason: str | None, *, confirmed: bool = False) -> None:
        """Pause all work of the database; `confirmed` says that the word was typed.

        Raises:
            Refused: it is paused already, or nothing can be written.
            StorageError: the database cannot be written.
        """
        self._must_be_writable("pause")
        self._operations.acting(confirmed=confirmed).pause(reason=reason)

    def resume(self, reason: str | None, *, confirmed: bool = False) -> None:
        """End the pause of all work; raises like `pause`."""
        self._must_be_writable("resume")
        self._operations.acting(confirmed=confirmed).resume(reason=reason)
