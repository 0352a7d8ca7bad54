"""The page of the Python interface says what the code says."""

from __future__ import annotations

import jobboy
from tests.architecture.python_reference import PAGE, python_page


def test_the_page_of_the_python_interface_is_in_step_with_the_docstrings() -> None:
    assert PAGE.read_text(encoding="utf-8") == python_page(), (
        "run: python -m tests.architecture.python_reference --write"
    )


def test_every_name_that_jobboy_gives_stands_on_the_page() -> None:
    page = python_page()
    assert [name for name in jobboy.__all__ if name not in page] == []
