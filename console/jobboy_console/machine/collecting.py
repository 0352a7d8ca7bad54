"""The search for garbage, put off while the console begins: what is loaded then stays, and is looked at in vain."""

from __future__ import annotations

import gc


def put_off() -> None:
    """Search for no garbage until `take_up`."""
    gc.disable()


def take_up() -> None:
    """Search again, but never more in what is there now; does nothing when the search was not put off.

    What was loaded is hundreds of thousands of things that stay: a full search through them takes as long as several
    key presses may.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
