"""Tool-call arguments: read as JSON, checked string by string, written anew."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.guard.arguments import MAX_DEPTH, Filled, Restored, restore_arguments, with_parameter
from phiward.guard.output import WITHHELD

from .encoded import b64
from .house import GRANTED, INDEX, ISSUED


def restore(raw: str, issued: dict[str, str] | None = None) -> Restored:
    """Restore in the house."""
    return restore_arguments(raw, ISSUED if issued is None else issued, INDEX, GRANTED)


HIDDEN = [
    ("plain", '{"who": "Zelda Quagmire"}'),
    ("an escape", '{"who": "\\u005aelda Quagmire"}'),
    ("an escaped space", '{"who": "Zelda\\u0020Quagmire"}'),
    ("a line end", '{"who": "Zelda\\nQuagmire"}'),
    ("a key", '{"Zelda Quagmire": 1}'),
    ("an escaped key", '{"\\u005aelda Quagmire": 1}'),
    ("a number", '{"mrn": 40019999}'),
    ("a float", '{"mrn": 4.0019999e7}'),
    ("a negative number", '{"mrn": -40019999}'),
    ("a bare string", '"Zelda Quagmire"'),
    ("nested", '{"a": [{"b": ["Zelda Quagmire"]}]}'),
    ("in base64", json.dumps({"who": b64("write to zelda.q@example.org")})),
    ("from its end", '{"who": "99-991-004"}'),
    ("in a link", json.dumps({"to": f"https://x.example/?q={b64('zelda.q@example.org')}"})),
    ("beside a lone surrogate", '["\\ud800", "Zelda Quagmire"]'),
]


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw in HIDDEN])
def test_an_identifier_in_arguments_is_withheld(raw: str) -> None:
    """However JSON writes it; what comes out is JSON still, and can be sent."""
    made = restore(raw)
    assert made.withheld == 1
    assert WITHHELD in made.text
    json.loads(made.text.encode())


BROKEN = [
    ("not closed", '{"who": "Zelda Quagmire"'),
    ("not closed, with an escape", '{"who": "\\u005aelda Quagmire"'),
    ("not closed, with a line end", '{"who": "Zelda\\nQuagmire"'),
    ("a number that is none", '{"a": NaN, "who": "\\u005aelda Quagmire"}'),
    ("nested too deeply", "[" * (MAX_DEPTH + 9) + '"\\u005aelda Quagmire"' + "]" * (MAX_DEPTH + 9)),
    ("nested beyond all", "[" * 100_000 + '"\\u005aelda Quagmire"'),
    ("prose", "Zelda Quagmire"),
]


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw in BROKEN])
def test_an_identifier_in_broken_arguments_is_withheld(raw: str) -> None:
    """Read as one text, with its escapes undone, and it can be sent."""
    made = restore(raw)
    assert made.withheld == 1
    assert "Quagmire" not in made.text
    made.text.encode()


def test_a_lone_surrogate_in_broken_arguments_can_be_sent() -> None:
    """It becomes a replacement character."""
    assert restore('{"a": "\\ud800').text.encode().decode() == '{"a": "\ufffd'


QUOTES = ['a "quoted" one', "back\\slash", "two\nlines", '"}', "é", "\u2028", "{"]


@pytest.mark.parametrize("value", QUOTES)
def test_a_restored_value_cannot_break_out_of_its_string(value: str) -> None:
    """The value comes back exactly, as a value and as a key."""
    made = restore('{"who": "[PATIENT_1]", "[PATIENT_1]": 1}', {"[PATIENT_1]": value})
    assert json.loads(made.text) == {"who": value, value: 1}
    assert made.resolved == 2


def test_an_escaped_placeholder_is_restored() -> None:
    """The model may write it so."""
    assert json.loads(restore('["\\u005bPATIENT_1]"]').text) == ["Margaret Okafor"]


def test_an_invented_placeholder_is_left_and_counted() -> None:
    """As in text."""
    made = restore('["[NAME_9]"]')
    assert (made.masked, json.loads(made.text)) == (1, ["[NAME_9]"])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 9999)
    | st.floats(0, 9, allow_nan=False)
    | st.text('abcé\n"\\ ', max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("xyz", max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_arguments_that_name_nobody_come_back_the_same(value: object) -> None:
    """Values, types and order."""
    made = restore(json.dumps(value))
    assert json.loads(made.text) == value
    assert (made.withheld, made.masked, made.resolved) == (0, 0, 0)


def test_the_printed_form_shows_no_text() -> None:
    """It may be PHI."""
    assert "Margaret" not in repr(restore('["[PATIENT_1]"]'))


NO_OBJECT = [
    ("[1]", "a list"),
    ('"a"', "a string"),
    ("null", "nothing"),
    ('{"a": 1', "not closed"),
    ('{"a": NaN}', "a number that is none"),
    ('{"a": 1e999}', "a number that JSON cannot write"),
    ('{"a": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}", "nested deeper than the check reads"),
    ("[" * 100_000, "nested beyond all"),
]


@pytest.mark.parametrize(("raw", "reason"), NO_OBJECT)
def test_a_parameter_is_set_only_in_an_object_that_the_check_reads(raw: str, reason: str) -> None:
    """Otherwise the check would take it for prose, and the parameter would be lost."""
    assert with_parameter(raw, "patient", "P") is None, reason


SET = [
    ("", '{"patient": "P"}', False, "no arguments at all"),
    (" {} ", '{"patient": "P"}', False, "none"),
    ('{"patient": "Q", "b": 1}', '{"b": 1, "patient": "P"}', True, "another value"),
    ('{"patient": "P", "b": 1}', '{"b": 1, "patient": "P"}', False, "the same value"),
    ('{"patient": "P", "patient": "Q"}', '{"patient": "P"}', True, "named twice"),
    ('{"b": ' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}", None, False, "as deep as the check reads"),
]


@pytest.mark.parametrize(("raw", "text", "replaced", "reason"), SET)
def test_a_parameter_stands_last_and_once(raw: str, text: str | None, replaced: bool, reason: str) -> None:
    """Whether another value stood there is told."""
    made = with_parameter(raw, "patient", "P")
    assert made is not None, reason
    assert made.replaced == replaced
    assert text is None or made.text == text
    assert json.loads(restore(made.text).text)["patient"] == "P"


def test_a_restored_name_cannot_take_the_place_of_a_parameter() -> None:
    """A placeholder that stands for the parameter's own name comes before it, and the last one counts."""
    made = with_parameter('{"[NAME_2]": "Q"}', "patient", "P")
    assert made is not None
    assert json.loads(restore(made.text, {"[NAME_2]": "patient"}).text) == {"patient": "P"}


def test_a_set_parameter_is_not_printed() -> None:
    """It names a patient."""
    assert "MRN" not in repr(Filled('{"patient": "MRN-7"}'))
