"""Entries of a Bundle that delete."""

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.deletions import deleted
from tests.rooms.records.fhir_files import CANARY, HERE


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("Observation?identifier=1", "conditional: it deletes whatever is found"),
        ("Observation", "a whole type"),
        ("Observation/1/_history/2", "one version of it"),
        (f"{CANARY}/1", "no name of a type"),
        ("Wizard/1", "no type of FHIR"),
        ("urn:uuid:00000000-0000-4000-8000-000000000001", "of no type"),
        ("", "nothing"),
    ],
)
def test_only_one_named_resource_can_be_deleted(url: str, reason: str) -> None:
    """Refused at its place, without repeating it."""
    with pytest.raises(ImportFailedError, match="only one resource") as caught:
        deleted(url, HERE)
    assert CANARY not in str(caught.value), reason


@pytest.mark.parametrize("url", ["Observation/123", "/Observation/123", "https://ehr.example/fhir/Observation/123"])
def test_the_source_id_is_that_of_the_resource(url: str) -> None:
    """However its URL is written."""
    assert deleted(url, HERE) == "Observation/123"
