from __future__ import annotations

from dataclasses import replace

import pytest

from jobboy.operations import parse_filter
from jobboy_console.config import SavedView
from jobboy_console.facts.views import BUILT_IN, View, own_view, without_order
from jobboy_console.listing.saved_views import (
    Shelf,
    all_views,
    recent_filters,
    remember_filter,
    save_view,
)
from jobboy_console.machine.memory import Memory

ATTENTION, ALL = BUILT_IN[0], BUILT_IN[-1]


@pytest.mark.parametrize(
    ("filter", "rest", "order"),
    [
        ("failed", "failed", ""),
        ("failed sort:-updated", "failed", "-updated"),
        ("sort:code failed", "failed", "code"),
        ('error:"sort:x y" sort:age', 'error:"sort:x y"', "age"),
        ('"a sort:b"', '"a sort:b"', ""),
    ],
)
def test_an_order_is_taken_out_of_a_filter(filter: str, rest: str, order: str) -> None:
    assert without_order(filter) == (rest, order)


@pytest.mark.parametrize("view", BUILT_IN, ids=[view.name for view in BUILT_IN])
def test_every_query_of_a_view_can_be_read_however_it_is_narrowed(view: View) -> None:
    narrowed = replace(view, filter="code:a OR code:b sort:-updated")
    for query in [*view.queries(), *narrowed.queries(), view.one_filter, narrowed.one_filter]:
        parse_filter(query)


def test_one_filter_has_all_sections() -> None:
    assert replace(ATTENTION, filter="code:a").one_filter.count("code:a") == len(ATTENTION.sections)
    assert replace(ALL, filter="code:a sort:code").one_filter == "code:a"


def test_a_typed_order_comes_before_the_chosen_one() -> None:
    view = replace(ALL, sort="-updated", filter="failed sort:code")
    assert view.order == "code"
    assert view.without_typed_order().order == "-updated"


def test_own_views_follow_the_built_in_ones() -> None:
    memory = Memory()
    save_view(replace(ALL, filter="code:b"), "mine", memory)
    views = all_views([SavedView("nightly", "code:nightly-*", "-updated", ("state", "code"))], memory)
    assert [view.name for view in views[6:]] == ["nightly", "mine"]
    assert (views[6].sections, views[6].sort, views[6].columns) == (
        ("code:nightly-*",),
        "-updated",
        ("state", "code"),
    )


def test_a_saved_view_is_the_list_as_it_was() -> None:
    shelf = Shelf(Memory())
    shelf.show(replace(ATTENTION, filter="code:a sort:code", columns=("state", "code")))
    saved = shelf.save("mine")
    assert saved.sort == "code"
    assert saved.columns == ("state", "code")
    parse_filter(saved.sections[0])
    assert shelf.names[-1] == "mine"


@pytest.mark.parametrize("name", ["", "  ", "All", "x" * 31, "a\nb"])
def test_a_view_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        save_view(ALL, name, Memory())


def test_order_and_columns_are_remembered_for_each_view() -> None:
    memory = Memory()
    Shelf(memory).shape(replace(ALL, sort="-updated", columns=("state", "code")))
    again = Shelf(memory)
    assert (again.views[5].sort, again.views[5].columns) == ("-updated", ("state", "code"))
    assert again.views[0].sort == ""


def test_the_view_before_comes_back_narrowed_as_now() -> None:
    shelf = Shelf(Memory())
    shelf.show(replace(shelf.views[4], filter="code:a"))
    assert (shelf.before().name, shelf.before().filter) == ("Attention", "code:a")


def test_a_forgotten_view_is_gone_and_a_built_in_one_cannot_be() -> None:
    shelf = Shelf(Memory())
    shelf.show(shelf.save("mine"))
    assert shelf.forget("mine").name == "Attention"
    with pytest.raises(ValueError, match="no view 'All' was saved"):
        shelf.forget("All")


@pytest.mark.parametrize("junk", [None, 3, [1, {"name": 2}], {"All": 7}, {"All": {"sort": 1, "columns": 2}}])
def test_what_cannot_be_used_of_the_memory_is_passed_over(junk: object) -> None:
    memory = Memory()
    for key in ("views", "view-shapes", "filters"):
        memory.remember(key, junk)
    assert all_views([], memory) == list(BUILT_IN)
    assert recent_filters(memory) == []


def test_recent_filters_come_back_the_last_one_first_and_once() -> None:
    memory = Memory()
    for text in ("a", "b", "a"):
        remember_filter(text, memory)
    assert recent_filters(memory) == ["a", "b"]


def test_an_own_view_takes_its_order_out_of_its_filter() -> None:
    view = own_view("x", "failed sort:-age")
    assert (view.sections, view.sort) == (("failed",), "-age")
