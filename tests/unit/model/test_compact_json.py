"""Compact JSON: the same text as the library writes, whether or not Python has its quick encoder."""

import json
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from jobboy.model import compact_json

VALUES: list[Any] = [
    None,
    True,
    1,
    -0.5,
    1e300,
    "",
    'é"\\\n\x7f',
    [],
    {},
    [1, [2, {"a": "b"}]],
    {"ü": {"x": []}, "": None},
]


@pytest.fixture(params=["C", "Python"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., compact_json.Encode]:
    if request.param == "Python":
        monkeypatch.setattr("json.encoder.c_make_encoder", None)
    return compact_json.encoder


@pytest.mark.parametrize("ascii_only", [True, False])
def test_it_writes_what_the_library_writes(make: Callable[..., compact_json.Encode], ascii_only: bool) -> None:
    write = make(ascii_only=ascii_only)
    for value in VALUES:
        assert write(value) == json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))


def test_what_json_does_not_have_is_replaced_or_refused(make: Callable[..., compact_json.Encode]) -> None:
    assert make(ascii_only=False, default=dict)({"a": MappingProxyType({"b": 1})}) == '{"a":{"b":1}}'
    with pytest.raises(TypeError, match="not JSON serializable"):
        make(ascii_only=False)({"a": object()})


def test_nan_is_refused_where_it_is_not_allowed(make: Callable[..., compact_json.Encode]) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        make(ascii_only=False, allow_nan=False)([float("nan")])


@pytest.mark.parametrize("blanks", ["", " ", "\n"])
@pytest.mark.parametrize("value", VALUES)
def test_it_reads_what_the_library_reads(value: Any, blanks: str) -> None:
    assert compact_json.read(blanks + json.dumps(value) + blanks) == value


@pytest.mark.parametrize("text", ["", " ", "{", "{} {}", "nul", '{"a":}', "\ufeff{}"])
def test_it_refuses_what_the_library_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"\(char \d+\)"):
        compact_json.read(text)
