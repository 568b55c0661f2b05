"""JSON without leniency. The refusals with their places stand in test_parsing's table as well."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import ImportFailedError
from phiward.records.strict_json import parse_json

from .fhir_files import HERE

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[-Infinity]", "not a finite number"),
        ("[1e400]", "not a finite number"),
        ('{"a": {"b": 1, "b": 1}}', "stands twice"),
        ('{"a": 1, "\\u0061": 2}', "stands twice"),
        ("[1] [2]", "not JSON"),
        ("{'a': 1}", "not JSON"),
        ("[1,]", "not JSON"),
        ('["\\ud83d"]', "surrogate"),
    ],
)
def test_what_two_parsers_could_read_differently_is_refused(text: str, reason: str) -> None:
    """Escaped spellings of one name are one name."""
    with pytest.raises(ImportFailedError, match=reason):
        parse_json(text.encode(), HERE)


def test_nesting_is_refused_just_above_the_limit() -> None:
    """The limit itself passes."""
    assert parse_json(b"[" * 8 + b"]" * 8, HERE, max_depth=8) is not None
    with pytest.raises(ImportFailedError, match="line 1, column 9: this is nested too deeply"):
        parse_json(b"[" * 9 + b"]" * 9, HERE, max_depth=8)


def test_the_same_name_in_two_objects_is_no_duplicate() -> None:
    """Only one object is meant, and text that looks like JSON is text."""
    text = '[{"a": "{\\"a\\": NaN}"}, {"a": {"a": 1}}, "NaN"]'
    assert parse_json(text.encode(), HERE) == json.loads(text)


def test_a_whole_surrogate_pair_is_one_character() -> None:
    """Only half of one is refused."""
    assert parse_json(b'["\\ud83d\\ude00"]', HERE) == ["\U0001f600"]


@given(_VALUES)
@settings(max_examples=100)
def test_whatever_json_writes_is_read_back(value: object) -> None:
    """Nothing valid is refused."""
    assert parse_json(json.dumps(value).encode(), HERE) == value
