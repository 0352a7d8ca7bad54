"""`python -m tests.chaos.mutations` takes minutes; that it can still find what it takes away is seen at once."""

from __future__ import annotations

import pytest

from tests.chaos.mutants import MUTANTS, Mutant
from tests.chaos.mutations import ROOT, NotFound, find


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_guard_is_where_it_can_be_taken_away(mutant: Mutant) -> None:
    assert find(mutant, ROOT).is_file()


def test_a_guard_whose_text_is_gone_is_an_error_that_names_it() -> None:
    with pytest.raises(NotFound, match="'nothing' is in no file of core/jobboy: mend its pattern 'no such text'"):
        find(Mutant("nothing", "no such text", "", ""), ROOT)
