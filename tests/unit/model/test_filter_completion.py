"""What is offered while a filter is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.model.filter_language.completion import MAX_CANDIDATES, Vocabulary, complete
from jobboy.model.filter_language.selecting import read_filter

WORDS = Vocabulary(
    codes=("import", "mail import", "export"),
    steps=("load", "save"),
    workers=("host:1:ab",),
    paths={"store": {"rows": ("1", "a b"), "tenant.name": ("acme",)}, "parameters": {"url": ()}},
)


def offered(text: str, cursor: int | None = None) -> list[str]:
    """Return the filters that the candidates would make."""
    at = len(text) if cursor is None else cursor
    return [candidate.applied(text) for candidate in complete(text, at, WORDS)]


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("fa", ["failing", "failed"]),
        ("FA", ["failing", "failed"]),
        ("stuck fai", ["stuck failing", "stuck failed"]),
        ("!stu", ["!stuck"]),
        ("(hand", ["(handled", "(unhandled"]),
        ("failed,pau", ["failed,paused"]),
        ("cod", ["code:"]),
        ("code:im", ["code:import", 'code:"mail import"']),
        ("code:a,ex", ["code:a,export"]),
        ('code:"ma', ['code:"mail import"']),
        ("code!=exp", ["code!=export"]),
        ("status:act", ["status:active"]),
        ("paused:", ["paused:yes", "paused:no"]),
        ("step:l", ["step:load"]),
        ("worker:host", ["worker:host:1:ab"]),
        ("policy:h", ["policy:hold"]),
        ("store.", ["store.rows:", "store.tenant.name:"]),
        ("store.ten", ["store.tenant.name:"]),
        ("params.", ["params.url:"]),
        ("store.rows:", ["store.rows:1", 'store.rows:"a b"']),
        ("store.tenant.name:a", ["store.tenant.name:acme"]),
        ("age<1", ["age<1h", "age<1d", "age<1w"]),
        ("sort:-up", ["sort:-updated"]),
        ("failed OR st", ["failed OR starting", "failed OR stuck", "failed OR stalled", "failed OR status:",
                          "failed OR step:", "failed OR started", "failed OR store."]),
        ("nothing.like:this", []),
        ("error:x", []),
    ],
)  # fmt: skip
def test_words_are_offered_for_what_was_typed(text: str, filters: list[str]) -> None:
    found = offered(text)
    assert found[: len(filters)] == filters
    assert filters or not found


def test_the_word_under_the_cursor_is_replaced_whole() -> None:
    assert offered("paused fail code:x", len("paused fa"))[:2] == ["paused failing code:x", "paused failed code:x"]
    assert offered("code:imp,b stuck", len("code:i")) == ["code:import,b stuck", 'code:"mail import",b stuck']


def test_nothing_typed_offers_the_words_of_states_first() -> None:
    assert offered("")[:3] == ["starting", "running", "ending"]
    assert offered("failed ")[0] == "failed starting"


def test_a_candidate_says_what_it_means() -> None:
    (candidate,) = complete("stuc", 4, WORDS)
    assert (candidate.start, candidate.end, candidate.says) == (0, 4, "its holder is dead")


@given(st.text(alphabet='acdefost:.,"()! <>*-', max_size=20), st.integers(-2, 25))
def test_anything_can_be_completed_and_stays_inside_the_text(text: str, cursor: int) -> None:
    candidates = complete(text, cursor, WORDS)
    assert len(candidates) <= MAX_CANDIDATES
    assert all(0 <= one.start <= one.end <= len(text) for one in candidates)


@pytest.mark.parametrize("key", ["status:", "code:", "step:", "worker:", "paused:", "policy:", "age<", "sort:"])
def test_what_is_offered_for_a_value_can_be_read(key: str) -> None:
    assert offered(key)
    for text in offered(key):
        read_filter(text)
