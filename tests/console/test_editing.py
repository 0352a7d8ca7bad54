"""The operator's own editor: what it is, what it gets, and what becomes of its file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jobboy_console.asking.editing import MAX_BYTES, edit_text, editor_command


def an_editor(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a program of a shell script the editor; its last argument is the file."""
    editor = folder / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", f"'{editor}' --wait")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)


def test_the_editor_is_visual_then_editor_then_vi() -> None:
    assert editor_command({"VISUAL": "code -w", "EDITOR": "nano"}) == ["code", "-w"]
    assert editor_command({"VISUAL": " ", "EDITOR": "nano"}) == ["nano"]
    assert editor_command({}) == ["vi"]
    with pytest.raises(ValueError, match=r"\$EDITOR cannot be read"):
        editor_command({"EDITOR": "a 'b"})


def test_what_it_writes_comes_back_and_its_file_is_private_and_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    an_editor(tmp_path, f'cp -p "$2" "{seen}"; echo "$2" > "{seen}.name"; echo \'{{"a": 2}}\' > "$2"', monkeypatch)
    assert edit_text('{"a": 1}') == '{"a": 2}'
    assert seen.read_text() == '{"a": 1}\n'
    assert stat.S_IMODE(seen.stat().st_mode) == 0o600
    file = Path((tmp_path / "seen.name").read_text().strip())
    assert file.name == "answer.json"
    assert not file.parent.exists()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 3", "ended with 3: what you had stays"),
        ("kill -9 $$", "was ended by signal 9: what you had stays"),
        ("printf '\\377' > \"$2\"", "is not UTF-8 text"),
        (f'head -c {MAX_BYTES + 1} /dev/zero > "$2"', "is longer than 2,000,000 bytes"),
        ('rm "$2"', r"cannot be read \(No such file or directory\)"),
    ],
)
def test_an_editor_that_fails_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    an_editor(tmp_path, script, monkeypatch)
    with pytest.raises(ValueError, match=told):
        edit_text("{}")
    assert list(tmp_path.glob("jobboy-answer-*")) == []


@pytest.mark.parametrize(
    ("command", "told"),
    [("/no/such/editor", "there is no editor '/no/such/editor': set"), ("/etc", "/etc cannot be used: Permission")],
)
def test_an_editor_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, command: str, told: str) -> None:
    monkeypatch.setenv("VISUAL", command)
    with pytest.raises(ValueError, match=told):
        edit_text("{}")
