from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboy.model.redaction import REDACTED, Redaction, names_secret


@pytest.mark.parametrize(
    "key",
    ["password", "PASSWORD", "db_password", "passwd", "apiKey", "api-key", "api_key", "x-api-key", "token", "APIKey",
     "access_token", "refreshToken", "client_secret", "Authorization", "proxy-authorization", "Cookie", "aws.secret"],
)  # fmt: skip
def test_a_key_that_names_a_secret_is_known(key: str) -> None:
    assert names_secret(key)


@pytest.mark.parametrize("key", ["author", "tokenizer", "passenger", "secretary", "compass", "keyboard", "rows", ""])
def test_a_key_that_only_looks_like_one_is_not(key: str) -> None:
    assert not names_secret(key)


def test_what_stands_under_a_secret_name_is_left_out_whole_and_its_place_is_told() -> None:
    redaction = Redaction()
    found = redaction.value({"auth": {"user": "ada", "n": [1]}, "rows": 3, "deep": [{"apiKey": 17}]}, "store")
    assert found == {"auth": REDACTED, "rows": 3, "deep": [{"apiKey": REDACTED}]}
    assert redaction.places == ["store.auth", "store.deep[0].apiKey"]


def test_nothing_is_told_of_a_secret_that_is_not_there() -> None:
    redaction = Redaction()
    assert redaction.value({"password": None, "token": ""}, "store") == {"password": None, "token": ""}
    assert redaction.places == []


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("postgresql://ada:s3cret@host/db failed", f"postgresql://ada:{REDACTED}@host/db failed"),
        ("GET https://x.example/a?token=abc&rows=3", f"GET https://x.example/a?token={REDACTED}&rows=3"),
        ("Authorization: Bearer eyJhbGciOi", f"Authorization: {REDACTED} {REDACTED}"),
        ('{"password": "a b", "n": 1}', f'{{"password": {REDACTED}, "n": 1}}'),
        ("sent header bearer abcdef123456", f"sent header bearer {REDACTED}"),
        ("the author of the passage", "the author of the passage"),
    ],
)
def test_secrets_inside_texts_are_left_out(text: str, clean: str) -> None:
    assert Redaction().value(text, "error") == clean


def test_the_counter_of_a_process_is_no_secret() -> None:
    redaction = Redaction()
    assert redaction.fields({"token": 7, "store": {"token": "x"}}, "process") == {
        "token": 7,
        "store": {"token": REDACTED},
    }
    assert redaction.places == ["process.store.token"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(_JSON)
def test_a_secret_is_found_however_deep_it_is(value: object) -> None:
    canary = "cAnArY-4711"
    told = repr(
        Redaction().value({"a": [value, {"password": {"x": [canary, value]}}], "t": f"pwd={canary}"}, "store")
    )
    assert canary not in told
