"""The names of elements by which the other types are put into words."""

from phiward.records.fhir.compartment import COMPARTMENT
from phiward.records.fhir.facts.elements import DATES, KINDS, NEVER, TEXTS, TITLES


def test_what_is_never_said_is_not_among_what_is() -> None:
    """Else the order of two checks would decide."""
    assert not NEVER & (TEXTS | {*DATES} | {*TITLES})


def test_kinds_are_of_types_of_the_compartment() -> None:
    """A misspelt type would be read as a clinical note."""
    assert KINDS.keys() < COMPARTMENT.keys()


def test_names_of_people_numbers_and_urls_are_never_said() -> None:
    """Whatever type has them."""
    assert {"name", "identifier", "telecom", "address", "photo", "birthDate", "uid", "contained"} <= NEVER
    assert not TEXTS & {"name", "subscriberId", "altId", "url", "uri", "reference", "display", "value", "preAuthRef"}
