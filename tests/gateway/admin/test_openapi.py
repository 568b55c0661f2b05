"""The document: valid OpenAPI 3.1, and as the table is."""

import copy
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from phiward.domain.people import Role
from phiward.gateway.admin.openapi import document
from phiward.gateway.admin.routes import PREFIX, ROUTES
from tests.gateway.admin.decisions import DECISIONS
from tests.gateway.admin.twins import AdminHouse, logged_in

DOCUMENT = document(ROUTES)


def test_a_broken_document_is_found() -> None:
    """The validator is not blind."""
    broken: dict[str, Any] = copy.deepcopy(DOCUMENT)
    del broken["info"]["title"]
    with pytest.raises(OpenAPIValidationError):
        OpenAPIV31SpecValidator(broken).validate()


def test_the_document_is_valid() -> None:
    """By a validator that we did not write."""
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_route_is_described_with_its_errors() -> None:
    """And nothing else is."""
    described = {
        (method.upper(), path.removeprefix(PREFIX)) for path, one in DOCUMENT["paths"].items() for method in one
    }
    assert described == set(DECISIONS)
    operations = [one for path in DOCUMENT["paths"].values() for one in path.values()]
    assert all(one["summary"] for one in operations)
    assert all("application/problem+json" in one["responses"]["default"]["content"] for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)


def test_no_path_and_no_query_names_a_patient() -> None:
    """A patient is named in a body only."""
    for path, operations in DOCUMENT["paths"].items():
        assert "{patient}" not in path
        for one in operations.values():
            assert {two["name"] for two in one["parameters"] if two["in"] == "query"} <= {"limit", "cursor"}


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_model_refuses_what_it_does_not_know(name: str) -> None:
    """So that a misspelt field is an error, not a default."""
    schema = DOCUMENT["components"]["schemas"][name]
    assert "enum" in schema or schema["additionalProperties"] is (name == "Document")


async def test_the_document_is_served_as_it_was_made() -> None:
    """To whom the table says."""
    answer = await AdminHouse(logged_in(Role.ADMINISTRATOR)).ask("GET", f"{PREFIX}/openapi.json")
    assert answer.json() == DOCUMENT
