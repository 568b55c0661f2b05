"""Places name where, and results print no content."""

from phiward.records.results import Place

from .fhir_files import CANARY


def test_a_place_prints_number_line_and_path_but_never_the_file_name() -> None:
    """A file's name may be a patient's."""
    place = Place(3, 13, f"{CANARY}.json", 7).at("entry", 4, "resource").at("subject")
    assert str(place) == "File 3 of 13, line 7, entry[4].resource.subject"
    assert CANARY not in f"{place} {place!r}"
    assert place.name == f"{CANARY}.json"


def test_a_whole_file_has_no_path() -> None:
    """Only its number."""
    assert str(Place(1, 2, "x")) == "File 1 of 2"
