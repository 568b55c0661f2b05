"""How the tests of facts say a resource."""

from typing import Any

from phiward.domain.facts import Saying
from phiward.records.fhir.facts.sayings import saying
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import HERE


def said(kind: str, *, directory: Directory | None = None, alone: bool = True, **content: Any) -> Saying:
    """What a resource of this type and content says."""
    resource = Resource(kind, {"resourceType": kind, "id": "x", **content}, None, HERE)
    made = saying(resource, directory or Directory(), alone)
    assert isinstance(made, Saying)
    return made


def code(text: str, *codes: str) -> dict[str, Any]:
    """A CodeableConcept."""
    return {"text": text, "coding": [{"code": one} for one in codes]}
