from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from jobboy.errors import InvalidValue
from jobboy.model.process import Process
from jobboy.operations.exporting import COLUMNS, Format, export_lines, format_of, read_columns
from jobboy.operations.whole_file import whole_file
from tests.console.hostile import HOSTILE, PAYLOADS
from tests.factories import a_process


def text_of(*processes: Process, form: Format = "csv", columns: str | None = None) -> str:
    return "".join(export_lines(processes, form, None if columns is None else read_columns(columns)))


def rows_of(*processes: Process, columns: str | None = None) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(*processes, columns=columns))))


def test_csv_begins_with_the_names_of_its_columns() -> None:
    header, row = rows_of(a_process(code="import"))
    assert header == list(COLUMNS)
    assert dict(zip(header, row, strict=True))["code"] == "import"


def test_csv_of_nothing_is_its_header() -> None:
    assert rows_of() == [list(COLUMNS)]


def test_columns_are_fields_and_paths_and_what_is_not_there_is_empty() -> None:
    process = a_process(store={"rows": [{"name": "a"}, 2], "n": 0}, parameters={"url": "x"})
    rows = rows_of(process, columns="code, store.rows[0].name,store.rows[7],store.n,parameters,store.rows[0].name.z")
    assert rows[1] == ["import", "a", "", "0", '{"url": "x"}', ""]


@pytest.mark.parametrize("columns", ["nope", "id,stor.x", "store..x", "store.rows[x]", "", ",", "code.x"])
def test_a_column_that_is_none_is_refused_by_name(columns: str) -> None:
    with pytest.raises(InvalidValue, match="columns"):
        read_columns(columns)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_no_text_becomes_a_formula_of_a_spreadsheet(text: str) -> None:
    assert rows_of(a_process(error=text), columns="error")[1] == [f"'{text}"]
    assert rows_of(a_process(store={"n": -1}), columns="store.n")[1] == ["-1"], "a number is no formula"


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_p12_nothing_exported_acts_on_a_terminal(form: Format) -> None:
    process = a_process(code=HOSTILE, error=HOSTILE, store={HOSTILE: HOSTILE}, step=HOSTILE)
    text = text_of(process, form=form)
    assert not any(payload in text for payload in PAYLOADS)
    assert text.count("\n") == (2 if form == "csv" else 1)


def test_jsonl_keeps_every_value_as_it_is() -> None:
    process = a_process(code=HOSTILE, store={HOSTILE: [HOSTILE, 1.5, None]})
    assert json.loads(text_of(process, form="jsonl")) == process.as_json()
    assert json.loads(text_of(process, form="jsonl", columns="id,store.x")) == {"id": process.id, "store.x": None}


@pytest.mark.parametrize(
    ("name", "given", "form"),
    [("a.csv", None, "csv"), ("a.CSV", None, "csv"), ("a.jsonl", None, "jsonl"), (None, None, "jsonl"),
     ("a.txt", "csv", "csv")],
)  # fmt: skip
def test_the_format_is_what_is_asked_for_or_what_the_name_says(name: Any, given: Any, form: str) -> None:
    assert format_of(name, given) == form


def write_half(path: Path) -> None:
    with whole_file(str(path)) as file:
        file.write(b"half")
        raise RuntimeError


def write_too_late(path: Path) -> None:
    with whole_file(str(path)) as file:
        path.write_text("came meanwhile")
        file.write(b"new")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with pytest.raises(RuntimeError):
        write_half(path)
    assert list(tmp_path.iterdir()) == []
    with whole_file(str(path)) as file:
        file.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_left_alone_unless_it_shall_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("old")
    with pytest.raises(InvalidValue, match="exists already"), whole_file(str(path)) as _:
        pass
    with pytest.raises(InvalidValue, match="exists already"):
        write_too_late(tmp_path / "b")
    assert (path.read_text(), (tmp_path / "b").read_text()) == ("old", "came meanwhile")
    with whole_file(str(path), overwrite=True) as file:
        file.write(b"new")
    assert path.read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("name", ["", " ", "a\0b", "/no/such/folder/x.csv"])
def test_a_file_that_cannot_be_is_refused_in_words(name: str) -> None:
    with pytest.raises(InvalidValue, match="output: "), whole_file(name) as _:
        pass
