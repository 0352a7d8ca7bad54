"""One process in one zip file that may be sent to somebody: everything that is known of it, without its secrets."""

from __future__ import annotations

import json
import platform
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import IO, Any

from jobboy.model.events import Event
from jobboy.model.process import iso
from jobboy.model.redaction import REDACTED, Redaction, names_secret
from jobboy.model.safe_text import safe_json, safe_text
from jobboy.model.versions import ABSENT, Omitted, ValueDifference, Versions
from jobboy.operations import housekeeping, reading
from jobboy.operations.causes import last_lines
from jobboy.operations.context import Context
from jobboy.operations.results import Details
from jobboy.operations.starting import known_definition

EVENTS_PAGE = 500
VERSIONS_KEPT = 100
"""Newest changes of the store that are told one by one; the events tell all."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""What zip knows as the first moment: the same process gives the same bytes."""
_CONTENTS = """jobboy bundle of one process, made {at} by {actor}

process.json      all fields and documents
steps.json        every step with its attempts, output and error
events.jsonl      its history, one event a line, oldest first: {events} events
versions.jsonl    what changed in its store, one version a line: {versions}
logs.txt          the traceback of its error, and what its program printed last before it died
environment.json  versions, machine, database and its health, what is known of its definition

Left out: every other process, the code of the definition, and what stands under names such as password, token,
secret, authorization or api_key, passwords in URLs, and values after such names in texts. Secrets that are named
otherwise are still there: look before you send it. What was left out, {number} places:
{places}
"""


def bundle(context: Context, part: str, file: IO[bytes]) -> list[str]:
    """Write the bundle of a process and return the places of what was left out of it; raises like `reading.get`."""
    details = reading.details(context, part)
    process_id = details.process.id
    redaction = Redaction()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, "process.json", _json(redaction.fields(details.process.as_json(), "process")))
        steps = [redaction.fields(step.as_json(), f"steps.{step.name}") for step in details.steps]
        _write(archive, "steps.json", _json(steps))
        events = _write_events(archive, _events(context, process_id), redaction)
        versions = _write_versions(archive, reading.versions(context, process_id, "store", limit=1000), redaction)
        _write(archive, "logs.txt", redaction.text(_logs(details), "logs"))
        _write(archive, "environment.json", _json(_environment(context, details, redaction)))
        told = _CONTENTS.format(
            at=iso(context.clock.now()),
            actor=context.actor,
            events=events,
            versions=versions,
            number=len(redaction.places),
            places="\n".join(f"  {place}" for place in redaction.places) or "  none",
        )
        _write(archive, "README.txt", safe_text(told, lines=True))
    return redaction.places


def _write(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(_entry(name), text.encode(errors="backslashreplace"))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _write_events(archive: zipfile.ZipFile, events: Iterator[Event], redaction: Redaction) -> int:
    count = 0
    with archive.open(_entry("events.jsonl"), "w") as lines:
        for event in events:
            lines.write(_line(_told_event(event, redaction)))
            count += 1
    return count


def _told_event(event: Event, redaction: Redaction) -> dict[str, Any]:
    told = redaction.fields(event.as_json() | {"before": None, "after": None}, "events")
    for side, part in (("before", event.before), ("after", event.after)):
        told[side] = None if part is None else redaction.fields(part, f"events.{side}")
    return told


def _write_versions(archive: zipfile.ZipFile, versions: Versions, redaction: Redaction) -> str:
    """Write what the newest events changed in the store, and say how much of it that is."""
    last = len(versions) - 1
    first = max(last - VERSIONS_KEPT, 0)
    with archive.open(_entry("versions.jsonl"), "w") as lines:
        for index in range(first, last):
            event = versions.events[index]
            changes = [_told_change(change, redaction) for change in versions.between(index, index + 1)]
            lines.write(_line({"version": index + 1, "seq": event.seq, "at": iso(event.at), "changes": changes}))
    return f"the newest {last - first:,} of {last:,} versions" if first else f"{last:,} versions"


def _told_change(change: ValueDifference, redaction: Redaction) -> dict[str, Any]:
    """Tell a change like `ValueDifference`; a side on which there is no value has no key."""
    told: dict[str, Any] = {"path": ".".join(map(str, change.path))}
    is_secret = any(names_secret(str(key)) for key in change.path)
    for side, value in (("was", change.before), ("became", change.after)):
        if isinstance(value, Omitted):
            told[side] = {"$omitted": value.characters}
        elif value is not ABSENT:
            told[side] = REDACTED if is_secret else redaction.value(value, f"versions.{told['path']}")
    return redaction.fields({"path": told.pop("path")}, "versions") | told


def _events(context: Context, process_id: str) -> Iterator[Event]:
    after = 0
    while events := reading.history(context, process_id, after=after, limit=EVENTS_PAGE, newest=False):
        yield from events
        after = events[-1].seq


def _logs(details: Details) -> str:
    process = details.process
    reason = process.reports.get("reason")
    traceback = str(reason.get("traceback") or "") if isinstance(reason, Mapping) else ""
    printed = "\n".join(last_lines(process.stuck_cause))
    parts = [("Traceback of its error", traceback), ("Printed last by the program that died", printed)]
    return "\n\n".join(f"== {head}\n{text or '(nothing is known)'}" for head, text in parts) + "\n"


def _environment(context: Context, details: Details, redaction: Redaction) -> dict[str, Any]:
    definition = known_definition(context, details.process.code)
    checks = [{"check": name, "ok": ok, "detail": detail} for name, ok, detail in housekeeping.doctor(context)]
    environment = {
        "jobboy": version("jobboy-console"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "database": context.database,
        "checks": checks,
        "definition": None if definition is None else {"code": definition.code, "steps": list(definition.steps)},
    }
    return redaction.fields(environment, "environment")


def _json(value: Any) -> str:
    return safe_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def _line(value: Any) -> bytes:
    return (safe_json(json.dumps(value, ensure_ascii=False)) + "\n").encode(errors="backslashreplace")
