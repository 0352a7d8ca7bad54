from __future__ import annotations

from pathlib import Path

import pytest

from jobboy_console.machine.memory import Memory, memory_file


def test_what_is_remembered_is_there_next_time(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "remembered.json"
    assert Memory(file).remember("sort", {"All": "-age"}) is True
    assert Memory(file).recall("sort") == {"All": "-age"}
    assert Memory(file).recall("columns", []) == []
    assert [found.name for found in file.parent.iterdir()] == [file.name]


def test_nothing_is_kept_without_a_file_but_it_is_known_in_this_run() -> None:
    memory = Memory()
    assert memory.remember("sort", "-age") is False
    assert memory.recall("sort") == "-age"
    assert memory.trouble is None


def test_two_consoles_keep_each_others_values(tmp_path: Path) -> None:
    one, other = Memory(tmp_path / "x.json"), Memory(tmp_path / "x.json")
    one.remember("a", 1)
    other.remember("b", 2)
    assert one.recall("b") is None
    assert (Memory(tmp_path / "x.json").recall("a"), Memory(tmp_path / "x.json").recall("b")) == (1, 2)


def test_none_forgets(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "x.json")
    memory.remember("a", 1)
    memory.remember("a", None)
    assert Memory(tmp_path / "x.json").recall("a", "gone") == "gone"


def test_what_was_recalled_can_be_changed_without_changing_what_is_remembered() -> None:
    memory = Memory()
    memory.remember("a", [1])
    memory.recall("a").append(2)
    assert memory.recall("a") == [1]


@pytest.mark.parametrize("text", ["{", "[]", '{"values": 3}', "\udcff"])
def test_a_broken_file_is_put_aside_and_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    memory = Memory(file)
    aside = tmp_path / "x.broken"
    assert memory.trouble == f"what was remembered could not be read; it is put aside as {aside}"
    assert aside.read_bytes() == text.encode("utf-8", "surrogateescape")
    assert memory.remember("a", 1) is True
    assert Memory(file).recall("a") == 1


def test_a_folder_that_cannot_be_written_is_told_and_the_value_stays_for_this_run(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file where the folder should be")
    memory = Memory(tmp_path / "occupied" / "x.json")
    assert memory.remember("a", 1) is False
    assert memory.remember("b", 2) is False
    assert (memory.recall("a"), memory.recall("b")) == (1, 2)
    assert "occupied" in (memory.trouble or "")


def test_a_value_that_is_no_json_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "x.json")
    memory.remember("a", 1)
    with pytest.raises(ValueError, match="JSON compliant"):
        memory.remember("a", float("nan"))
    assert Memory(tmp_path / "x.json").recall("a") == 1


def test_each_database_has_a_file_of_its_own_that_does_not_tell_its_name() -> None:
    one, other = memory_file("sqlite:////secret/place.db"), memory_file("sqlite:///other.db")
    assert one != other
    assert "secret" not in str(one)
