"""JSON values."""

import json

import pytest

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.restore import reidentify
from phiward.deid.rules.catalogue import rule_detectors
from phiward.domain.errors import InvalidRequestError
from tests.rooms.deid.helpers import OKAFOR, TODAY

RULES = Deidentifier(rule_detectors())


def conversation(known=None):
    """A fresh one, by the rules alone."""
    return RULES.conversation(known, TODAY)


def nested(depth: int, leaf: object) -> object:
    """`leaf` under that many lists."""
    for _ in range(depth):
        leaf = [leaf]
    return leaf


@pytest.mark.parametrize("depth", [1, 200, 201, 5_000, 100_000])
def test_no_depth_passes_unread(depth):
    """Depth limits elsewhere returned subtrees unread, or refused what a chart really holds."""
    hidden = conversation(OKAFOR).hide_json(nested(depth, "Okafor"))
    for _ in range(depth):
        (hidden,) = hidden
    assert hidden == "[PATIENT_1]"


def test_objects_and_resources_have_no_depth_limit():
    """Neither do the extensions of a resource."""
    value = {"resourceType": "Patient", "valueString": "Okafor"}
    for _ in range(100_000):
        value = {"extension": value}
    hidden = conversation(OKAFOR).hide_json(value)
    for _ in range(100_000):
        hidden = hidden["extension"]
    assert hidden == {"resourceType": "Patient", "valueString": "[PATIENT_1]"}


@pytest.mark.parametrize("depth", [1, 3, 12, 13, 15])
def test_json_in_strings_in_strings_is_read_to_the_end(depth):
    """What is no longer parsed is read as text, its backslashes and all."""
    text = "Okafor"
    for _ in range(depth):
        text = json.dumps([text])
    one = conversation(OKAFOR)
    hidden = one.hide_json(text)
    assert "Okafor" not in hidden
    assert "Okafor" in reidentify(hidden, one.placeholders)


def test_json_text_too_deep_for_a_parser_is_read_as_text():
    """A string of brackets must not exhaust the stack, nor hide what lies in it."""
    text = "[" * 100_000 + '"Okafor"' + "]" * 100_000
    assert "Okafor" not in conversation(OKAFOR).hide_json(text)


@pytest.mark.parametrize("value", [{1: "x"}, {"x": b"bytes"}, {1, 2}], ids=["key", "bytes", "set"])
def test_what_is_not_json_is_refused(value):
    """An unknown kind of value may carry text."""
    with pytest.raises(InvalidRequestError):
        conversation().hide_json(value)


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


def test_the_order_of_fields_stays():
    """Containers and values alike."""
    assert list(conversation().hide_json({"b": 1, "a": {"x": 1}, "c": [1]})) == ["b", "a", "c"]


def test_what_is_not_json_is_refused_below_other_values_too():
    """Wherever it stands."""
    with pytest.raises(InvalidRequestError):
        conversation().hide_json({"a": [{"b": object()}]})
