"""Problem details as RFC 9457 has them, for every error of the family."""

import json
from uuid import UUID

import pytest
from pydantic import ValidationError

from phiward.domain import errors
from phiward.domain.administration import UnknownIdError
from phiward.gateway.admin.models import NewPerson
from phiward.gateway.admin.problems import MEDIA_TYPE, TITLES, NoAdminRouteError, misread, problem

INTERACTION = UUID(int=5)
CASES = [
    pytest.param(errors.InvalidRequestError("Bad.", param="x"), 400, id="cannot be read"),
    pytest.param(errors.NotAuthenticatedError("Who?"), 401, id="nobody"),
    pytest.param(errors.NotPermittedError("No.", rule="r"), 403, id="not permitted"),
    pytest.param(errors.PatientNotFoundError(), 404, id="no such patient"),
    pytest.param(UnknownIdError("id"), 404, id="no such id"),
    pytest.param(NoAdminRouteError(405), 405, id="another method"),
    pytest.param(errors.TooLargeError("Large."), 413, id="too large"),
    pytest.param(errors.StorageError("Down."), 503, id="the database"),
    pytest.param(errors.VaultError("Gone."), 503, id="a key"),
    pytest.param(errors.PhiwardError("Defect."), 500, id="a defect"),
]


@pytest.mark.parametrize(("error", "status"), CASES)
def test_a_problem_says_what_where_and_what_to_do(error: errors.PhiwardError, status: int) -> None:
    """type, title, status, detail and instance; ours beside them."""
    answer = problem(error, INTERACTION)
    body = json.loads(bytes(answer.body))
    assert (answer.status_code, body["status"], answer.media_type) == (status, status, MEDIA_TYPE)
    assert (body["type"], body["title"]) == (f"urn:phiward:problem:{error.code}", TITLES[status])
    assert (body["detail"], body["instance"]) == (str(error), f"urn:uuid:{INTERACTION}")
    assert body["advice"] == error.advice
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_misread_body_is_named_by_our_own_words() -> None:
    """An unknown field's name is input."""
    for body, param in (
        ('{"login": 1, "roles": ["nurse"]}', "login"),
        ('{"login": "x", "roles": ["nurse"], "Z": 1}', "body"),
    ):
        with pytest.raises(ValidationError) as caught:
            NewPerson.model_validate_json(body, strict=True)
        assert misread(caught.value, NewPerson).param == param
