"""P12 on the command line: no text from a store, parameter or error reaches the terminal as anything but text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.worker_programs import Site

HOSTILE = "[/x] [@click=app.quit]x[/] \x1b[2J\x1b]0;owned\x07\x1b]8;;http://x\x1b\\ \x9b31m \u202egnp.exe \r\nforged: line\x7f"
RAW = {chr(code) for code in [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]} - {"\n"}


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("verb", [["list"], ["show", "ID"], ["history", "ID"], ["tail", "ID"], ["fail", "ID"]])
def test_p12_a_hostile_process_prints_no_raw_control_character(
    open_site: Callable[[str], Site], verb: list[str], form: list[str]
) -> None:
    site = open_site("trails")
    process_id = site.start("failing", message=HOSTILE, **{HOSTILE: HOSTILE})
    site.operations.fail(process_id, reason=HOSTILE)
    site.work_until_idle()

    shown = site.jobboy(*form, *(process_id if word == "ID" else word for word in verb))

    assert shown.output or shown.errors
    assert not RAW & set(shown.output + shown.errors)
    assert not any(line.startswith("forged") for line in (shown.output + shown.errors).splitlines())
