"""The places one can go to, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jobboy_console.screens.audit import Audit
from jobboy_console.screens.console_log import ConsoleLog
from jobboy_console.screens.information import Information
from jobboy_console.screens.place import PlaceScreen, Surroundings
from jobboy_console.screens.schedules import Schedules
from jobboy_console.screens.workers import Workers

PLACES: Mapping[str, Callable[[Surroundings], PlaceScreen]] = {
    place.PLACE: place for place in (Workers, Schedules, Audit, ConsoleLog, Information)
}
"""Name to what opens it; the name is what stands in ``go('workers')``."""
