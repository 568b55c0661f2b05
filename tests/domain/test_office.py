"""The values of the officer's pages are frozen, and carry no name of a patient."""

from dataclasses import FrozenInstanceError, fields

import pytest

from phiward.domain import office


@pytest.mark.parametrize("kind", [office.HeldNote, office.ReportedAnswer, office.Look, office.Sent, office.Guarded])
def test_nothing_about_a_patient_but_an_opaque_id(kind: type) -> None:
    """Fields that could hold a name or a text are none."""
    assert not {one.name for one in fields(kind)} & {"name", "text", "title", "born", "number", "words"}
    with pytest.raises((FrozenInstanceError, TypeError)):
        object.__new__(kind).id = 1
