"""What is read is frozen and exact."""

from typing import Any

import pytest
from pydantic import ValidationError

from phiward.gateway.admin import models
from phiward.gateway.admin.models import Links, Model, NewCover, NewKey, ReportAsked

WHO = "00000000-0000-0000-0000-000000000001"
REFUSED: list[Any] = [
    pytest.param(ReportAsked, "{}", id="a report about nobody"),
    pytest.param(ReportAsked, f'{{"person": "{WHO}", "patient": "1"}}', id="a report about two"),
    pytest.param(ReportAsked, '{"patient": ""}', id="an empty reference"),
    pytest.param(NewCover, f'{{"person": "{WHO}", "covers": "{WHO}"}}', id="a cover without an end"),
    pytest.param(NewCover, f'{{"person": "{WHO}", "covers": "{WHO}", "ends_at": "2026-12-01T00:00:00"}}', id="no zone"),
    pytest.param(NewKey, '{"label": "x", "days": 367}', id="more than 366 days"),
    pytest.param(NewKey, '{"label": "x", "days": "NaN"}', id="no number"),
    pytest.param(Links, '{"e_mail": null}', id="a misspelt field"),
]


@pytest.mark.parametrize(("model", "body"), REFUSED)
def test_what_does_not_fit_is_refused(model: type[Model], body: str) -> None:
    """Before anything is done."""
    with pytest.raises(ValidationError):
        model.model_validate_json(body, strict=True)


def test_a_link_that_is_left_out_is_told_from_one_that_is_taken_away() -> None:
    """By which fields came."""
    assert Links.model_validate_json('{"email": null}').model_fields_set == {"email"}


def test_every_model_is_frozen_and_all_but_the_document_refuse_more() -> None:
    """By its settings."""
    made = [one for one in vars(models).values() if isinstance(one, type) and issubclass(one, Model)]
    assert len(made) > 30
    assert all(one.model_config["frozen"] for one in made)
    assert {one.__name__ for one in made if one.model_config["extra"] != "forbid"} == {"Document"}
