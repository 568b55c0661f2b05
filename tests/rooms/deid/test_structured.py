"""What counts as handled by rule in full."""

import json

import pytest

from phiward.deid.structured import MAX_CHARACTERS, is_structured

PLAIN = {
    "resourceType": "Patient",
    "id": "a",
    "gender": "female",
    "birthDate": "1949-07-22",
    "name": [{"family": "Testa"}],
}

FREE = [
    ("Patient Zoe Testa", "prose"),
    ("", "nothing"),
    ("{", "no JSON"),
    ('{"a": 1}', "no FHIR resource"),
    ('{"resourceType": 5}', "a broken type"),
    ('{"resourceType": "Patient", "id": "a", "id": "Zoe"}', "a repeated key drops a value"),
    (json.dumps({**PLAIN, "text": {"div": "<div>x</div>"}}), "a narrative is prose"),
    (json.dumps({**PLAIN, "code": {"coding": [{"display": "Diabetes"}]}}), "a display is prose"),
    (json.dumps({**PLAIN, "note": [{"text": "x"}]}), "an annotation is prose"),
    (json.dumps({**PLAIN, "extension": [{"url": "http://x", "valueString": "x"}]}), "an extension with a string"),
    (json.dumps({**PLAIN, "zzz": "Zoe Testa"}), "a field that the table does not know"),
    ("[" * 5000 + "]" * 5000, "deeper than a parser goes"),
    (json.dumps(PLAIN) + " " * MAX_CHARACTERS, "longer than is looked at"),
]


@pytest.mark.parametrize(("text", "reason"), FREE, ids=[reason for _, reason in FREE])
def test_anything_with_prose_in_it_is_free_text(text, reason):
    """It needs an accepted risk where there is no agreement."""
    assert not is_structured(text), reason


def test_a_resource_of_codes_and_identifiers_is_structured():
    """Nothing is left to be guessed."""
    assert is_structured(json.dumps(PLAIN))
