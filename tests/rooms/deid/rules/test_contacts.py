"""(F) and (N)."""

import pytest

from phiward.deid.rules.contacts import Contacts
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    "text",
    [
        "10 mg @ 8 am",
        "e.g. this",
        "http://loinc.org",
        "http://hl7.org/fhir/StructureDefinition/x",
        "approx.5",
        "p.o. meds",
    ],
)
def test_what_names_nobody_stays(text):
    """Addresses of code systems included."""
    assert found(Contacts(), text) == []


@pytest.mark.parametrize(
    ("text", "category", "value"),
    [
        ("Mail jane.d+x@example.org.", "EMAIL", "jane.d+x@example.org"),
        ("jane at example dot org", "EMAIL", "jane at example dot org"),
        ("https://x.example/p?mrn=123, then", "URL", "https://x.example/p?mrn=123"),
        ("www.example.com/jane", "URL", "www.example.com/jane"),
        ("portal.example.com/u/1", "URL", "portal.example.com/u/1"),
        ("follow @jane_test", "ID", "@jane_test"),
        ("http://loinc.org/?p=jane", "URL", "http://loinc.org/?p=jane"),
        ("http://loinc.org.evil.example/x", "URL", "http://loinc.org.evil.example/x"),
    ],
)
def test_addresses_go_whole(text, category, value):
    """Query strings carry identifiers."""
    assert max(found(Contacts(), text), key=lambda one: len(one[1]), default=None) == (category, value)
