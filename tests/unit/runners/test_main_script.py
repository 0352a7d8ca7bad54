"""How a child imports the script of its worker, and what a script may not do meanwhile."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from jobboy.runners import main_script


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", module)
    return module


def test_a_script_is_found_by_its_path(main: ModuleType) -> None:
    main.__file__ = "script.py"
    assert main_script.preparation()["init_main_from_path"] == str(Path.cwd() / "script.py")


def test_a_module_that_was_run_is_found_by_its_name(main: ModuleType) -> None:
    main.__file__ = "/app/shop/nightly.py"
    main.__spec__ = ModuleSpec("shop.nightly", None)
    found = main_script.preparation()
    assert found["init_main_from_name"] == "shop.nightly"
    assert "init_main_from_path" not in found


def test_what_was_typed_into_python_cannot_be_imported(main: ModuleType) -> None:
    assert set(main_script.preparation()) == {"sys_argv"}


def test_work_is_refused_only_while_the_script_is_imported() -> None:
    main_script.refuse_while_imported("work")
    with main_script.being_imported():
        assert main_script.is_being_imported()
        with pytest.raises(RuntimeError, match="cannot work while a child program imports this script"):
            main_script.refuse_while_imported("work")
    assert not main_script.is_being_imported()
