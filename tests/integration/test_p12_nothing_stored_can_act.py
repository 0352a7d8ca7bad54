"""P12 on the command line: no text from a store, parameter or error reaches the terminal as anything but text."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.worker_programs import Site

HOSTILE = "[/x] [@click=app.quit]x[/] \x1b[2J\x1b]0;owned\x07 \x9b31m \u202egnp.exe \r\nforged: line\x7f"
RANGES = [range(0x20), range(0x7F, 0xA0), range(0x202A, 0x202F), range(0x2066, 0x206A)]
RAW = {chr(code) for codes in RANGES for code in codes} - {"\n"}
CALLS = [
    ["list"],
    ["show", "ID"],
    ["history", "ID"],
    ["tail", "ID"],
    ["fail", "ID"],
    ["--json", "show", "ID"],
    ["--json", "history", "ID"],
]


def test_p12_a_hostile_process_prints_no_raw_control_character(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    process_id = site.start("failing", message=HOSTILE, **{HOSTILE: HOSTILE})
    site.work_here()
    site.operations.restart(process_id, reason=HOSTILE)

    for call in CALLS:
        shown = site.jobboy(*(process_id if word == "ID" else word for word in call))
        printed = shown.output + shown.errors
        assert printed, call
        assert not RAW & set(printed), call
        assert not any(line.startswith("forged") for line in printed.splitlines()), call
