"""JSON values."""

import json

import pytest

from phiward.deid.nested import MAX_DEPTH
from phiward.domain.errors import InvalidRequestError
from tests.rooms.deid.helpers import OKAFOR, conversation


def nested(depth: int, leaf: object) -> object:
    """`leaf` under that many lists."""
    for _ in range(depth):
        leaf = [leaf]
    return leaf


def test_nothing_passes_below_the_depth_limit():
    """Other tools returned deep subtrees unread; this one refuses."""
    with pytest.raises(InvalidRequestError):
        conversation(OKAFOR).hide_json(nested(MAX_DEPTH + 1, "Okafor"))


def test_json_text_nested_without_end_is_refused():
    """A string of brackets must not exhaust the stack."""
    with pytest.raises(InvalidRequestError):
        conversation().hide_json("[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize("value", [{1: "x"}, {"x": b"bytes"}, {1, 2}], ids=["key", "bytes", "set"])
def test_what_is_not_json_is_refused(value):
    """An unknown kind of value may carry text."""
    with pytest.raises(InvalidRequestError):
        conversation().hide_json(value)


def test_a_value_at_the_limit_is_read():
    """The last allowed level is hidden like the first."""
    hidden = conversation(OKAFOR).hide_json(nested(MAX_DEPTH, "Okafor"))
    assert "Okafor" not in json.dumps(hidden)


def test_strings_keys_and_numbers_are_hidden():
    """Everything that carries text."""
    one = conversation(OKAFOR)
    value = {
        "Margaret Okafor": [5550104477, {"pulse": 72, "ok": True, "none": None, "ratio": 0.5}],
        "note": "Okafor",
    }
    assert one.hide_json(value) == {
        "[PATIENT_1]": ["[PHONE_1]", {"pulse": 72, "ok": True, "none": None, "ratio": 0.5}],
        "note": "[PATIENT_2]",
    }


def test_the_key_labels_its_value():
    """`A1234` alone says nothing; under `mrn` it does."""
    assert conversation().hide_json({"mrn": "A1234", "lot": "A1234", "memberId": 88123}) == {
        "mrn": "[MRN_1]",
        "lot": "A1234",
        "memberId": "[PLAN_1]",
    }


def test_json_inside_a_string_is_treated_inside():
    """An escape cannot hide a name."""
    text = '{"who": "\\u004dargaret Okafor", "n": 1}'
    assert json.loads(conversation(OKAFOR).hide_json({"arguments": text})["arguments"]) == {
        "who": "[PATIENT_1]",
        "n": 1,
    }


def test_json_inside_a_string_without_identifiers_keeps_its_spelling():
    """Not even a space changes."""
    assert conversation().hide_json(['{"a" :  1}']) == ['{"a" :  1}']


def test_a_value_under_a_repeated_key_is_not_lost_from_sight():
    """A parser keeps the last one; the text that leaves would hold both."""
    assert "Okafor" not in conversation(OKAFOR).hide_json('{"a": "Okafor", "a": "x"}')
