"""The tripwire: which bodies pass and which trip, with the reason of each."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.patients import PatientRef
from phiward.domain.verdict import Permit, Verdict
from phiward.guard.tripwire import TRIPPED, Tripwire

from .house import GRANTED, INDEX, ISSUED


def body(content: object, **more: object) -> bytes:
    """A request with this content."""
    return orjson.dumps({"model": "m", "messages": [{"role": "user", "content": content}], **more})


def check(sent: bytes, granted: frozenset[PatientRef] = frozenset()) -> Verdict:
    """Check against the house, with its placeholders issued."""
    return Tripwire().check(sent, INDEX, ISSUED, granted)


CLEAN = [
    ("laboratory values", "Na 138, K 4.1, creatinine 0.9 mg/dL, platelets 250,000, WBC 7.2 x10^9/L"),
    ("blood pressures", "BP 128/78, then 142/91 and 135/84 mmHg"),
    ("a timestamp with zone", "2026-03-01T10:15:00.123456Z and 2026-03-01T10:15:00+00:00"),
    ("ICD-10-CM codes", "E11.9, I10, S72.001A, Z79.4"),
    ("LOINC codes", "4548-4, 2345-7, 85354-9, 718-7"),
    ("SNOMED CT codes", "73211009, 38341003, 195967001"),
    ("RxNorm and NDC codes", "RxCUI 314076; NDC 0071-0155-23"),
    ("doses", "lisinopril 10 mg, 0.25 mcg/kg/min, 5,000 units q8h, 1000 mL at 125 mL/h"),
    ("a range of years", "between 2019 and 2024, about 5-7 years"),
    ("an ISO date", "2024-03-04 to 2024-04-11"),
    ("issued placeholders", "[PATIENT_1] on [DATE_2: 3 days after DATE_1]"),
    ("one word of a name", "Zelda asked"),
    ("a row of short numbers", "120 118 121 119 122 117"),
    ("a file version", "v1.22.333-rc4"),
]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in CLEAN])
def test_a_clinical_text_without_identifiers_passes(text: str) -> None:
    """A tripwire that trips at every note would be switched off."""
    assert check(body(text)) == Permit("tripwire")


SCALARS = [
    ("token limits", {"max_tokens": 4096, "n": 1}),
    ("floats", {"temperature": 0.7000000000000001, "top_p": 0.333333333333333333}),
    ("a seed", {"seed": 1234567}),
    ("flags and nothing", {"stream": True, "stop": None}),
    ("a tool id that is a UUID", {"id": "call_550e8400-e29b-41d4-a716-446655440000"}),
    ("a bare UUID", {"id": "550e8400-e29b-41d4-a716-446655440000"}),
    ("a JSON schema", {"parameters": {"type": "object", "properties": {"age": {"maximum": 120}}}}),
    ("arguments in JSON", {"arguments": '{"note": "line one\\nline two", "value": 1.25}'}),
]


@pytest.mark.parametrize("more", [pytest.param(more, id=name) for name, more in SCALARS])
def test_what_is_not_prose_passes(more: dict[str, object]) -> None:
    """Numbers, ids and schemas of an ordinary request."""
    assert check(body("hello", **more)) == Permit("tripwire")


TRIPPING = [
    ("a social security number", "SSN 987-65-4320"),
    ("a telephone number nobody here has", "(555) 234-5678"),
    ("a telephone number with points", "555.234.5678"),
    ("a telephone number with its country", "+1 555-234-5678"),
    ("a telephone number with non-breaking hyphens", "555\u2011234\u20115678"),
    ("a social security number in full width", "９８７-６５-４３２０"),  # noqa: RUF001
    ("an e-mail address nobody here has", "someone@example.org"),
    ("a provider identifier with a right check digit", "NPI 1234567893"),
    ("a vehicle number with a right check digit", "VIN 1M8GDM9AXKP042788"),
    ("a DEA number with a right check digit", "DEA AB1234563"),
    ("a payment card", "4111 1111 1111 1111"),
    ("the name of a patient", "Ask Zelda Quagmire"),
    ("the name of the patient herself", "Margaret Okafor"),
    ("a name in full width", "Ｚｅｌｄａ Ｑｕａｇｍｉｒｅ"),  # noqa: RUF001
    ("a name after a sign that canonicalises to letters", "№René Müller-Sørensen"),
    ("a name in JSON escapes inside a string", '{"who": "\\u005aelda Quagmire"}'),
    ("an accented name in JSON escapes inside a string", '{"who": "Ren\\u00e9 M\\u00fcller-S\\u00f8rensen"}'),
    ("a name over two lines inside a JSON string", '{"who": "Zelda\\nQuagmire"}'),
    ("an escape twice over", '{"a": "{\\"who\\": \\"\\\\u005aelda Quagmire\\"}"}'),
    ("a record number", "400-199-99"),
    ("a record number squeezed", "x 40019999"),
    ("a name in an annotation that nobody issued", "[NAME_1: Zelda Quagmire]"),
    ("half a name in brackets", "Zelda [Quagmire]"),
]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TRIPPING])
def test_an_identifier_in_a_text_trips(text: str) -> None:
    """Known or by form, in any listed spelling; the answer is the same."""
    assert check(body(f"{text} today")) is TRIPPED


PLACES = [
    ("a key", {"metadata": {"Zelda Quagmire": 1}}),
    ("a tool argument", {"tool_calls": [{"function": {"arguments": '{"who": "Zelda Quagmire"}'}}]}),
    ("a tool description", {"tools": [{"function": {"description": "asks Zelda Quagmire"}}]}),
    ("a number typed as a number", {"metadata": {"mrn": 40019999}}),
    ("a number typed as a float", {"metadata": {"mrn": 40019999.0}}),
    ("deep in lists", {"x": [[[["Zelda Quagmire"]]]]}),
]


@pytest.mark.parametrize("more", [pytest.param(more, id=name) for name, more in PLACES])
def test_an_identifier_trips_wherever_it_stands(more: dict[str, object]) -> None:
    """Every string, key and number is read."""
    assert check(body("hello", **more)) is TRIPPED


@pytest.mark.parametrize("sent", [b"", b"{", b"\xff", b"hello", b'{"a": NaN}', b'"\xed\xa0\x80"'])
def test_what_is_not_json_trips(sent: bytes) -> None:
    """What cannot be read cannot be checked."""
    assert check(sent) is TRIPPED


def test_the_refusal_says_nothing_of_its_cause() -> None:
    """One Deny for all, and no word of the text in it."""
    assert {check(body(text)) for _, text in TRIPPING} == {TRIPPED}
    assert "Zelda" not in TRIPPED.reason


def test_identified_text_may_name_the_patient_whom_it_is_about() -> None:
    """With a grant: her name and a number by form pass, another person's name does not."""
    assert check(body("Margaret Okafor, MRN 40017723, (312) 555-0142"), GRANTED) == Permit("tripwire")
    assert check(body("Margaret Okafor and Zelda Quagmire"), GRANTED) is TRIPPED


def test_a_placeholder_that_was_not_issued_is_text() -> None:
    """Only what this conversation issued is passed over."""
    assert Tripwire().check(body("[NAME_1: Zelda Quagmire]"), INDEX, ["[NAME_1: Zelda Quagmire]"]) == Permit("tripwire")
    assert Tripwire().check(body("[NAME_1: Zelda Quagmire]"), INDEX, []) is TRIPPED


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)))
@settings(max_examples=100, deadline=None)
def test_a_name_trips_at_any_depth(value: object) -> None:
    """Whatever stands around it."""
    assert check(orjson.dumps([value, {"k": [value, "Zelda Quagmire"]}])) is TRIPPED
