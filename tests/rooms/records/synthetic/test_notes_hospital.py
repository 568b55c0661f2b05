"""Notes of a stay: what stands in each, and in which form."""

from collections.abc import Callable

import pytest

from phiward.records.synthetic import notes_hospital
from phiward.records.synthetic.story import Story
from tests.rooms.records.synthetic.made import told

WRITERS = (notes_hospital.radiology, notes_hospital.admission, notes_hospital.nursing, notes_hospital.discharge)
PEGGY = told(0)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("index", range(24))
def test_a_note_is_between_600_and_3000_characters_and_has_no_hole(write: Callable[[Story], str], index: int) -> None:
    """No placeholder of a template is left, and nothing is None."""
    text = write(told(index))
    assert 600 <= len(text) <= 3000
    assert not any(sign in text for sign in "{}[]")
    assert "None" not in text
    assert told(index).contact.mrn in text


@pytest.mark.parametrize(
    ("write", "planted"),
    [
        pytest.param(notes_hospital.radiology, "Okafor, Margaret A.", id="the listed name"),
        pytest.param(notes_hospital.admission, "Margaret Adaeze Okafor", id="the complete name"),
        pytest.param(notes_hospital.admission, "daughter Susan Okafor", id="a relative by name"),
        pytest.param(notes_hospital.admission, PEGGY.contact.street, id="the street"),
        pytest.param(notes_hospital.admission, PEGGY.contact.employer, id="the employer"),
        pytest.param(notes_hospital.admission, PEGGY.contact.plan, id="the number of the health plan"),
        pytest.param(notes_hospital.nursing, "M.A.O.", id="initials"),
        pytest.param(notes_hospital.nursing, "Peggy", id="the nickname"),
        pytest.param(notes_hospital.nursing, PEGGY.neighbour, id="a person whom the record does not know"),
        pytest.param(notes_hospital.discharge, PEGGY.contact.ssn, id="the social security number"),
        pytest.param(notes_hospital.discharge, PEGGY.contact.email, id="the e-mail address"),
        pytest.param(notes_hospital.discharge, PEGGY.contact.relative_phone, id="the relative's telephone"),
        pytest.param(notes_hospital.discharge, "M. Okafor", id="initial and family name"),
    ],
)
def test_identifiers_are_planted(write: Callable[[Story], str], planted: str) -> None:
    """Each in the form in which such notes have it."""
    assert planted in write(PEGGY)


def test_an_age_over_89_is_written_in_words_of_the_note() -> None:
    """The one age that must go."""
    text = notes_hospital.admission(told(10))
    assert f"{told(10).age('admission')}-year-old" in text
    assert told(10).age("admission") > 89


def test_the_discharge_summary_answers_what_was_taken_and_when_to_come_back() -> None:
    """In sentences that can be quoted."""
    text = notes_hospital.discharge(PEGGY)
    assert "DISCHARGE MEDICATIONS: furosemide 20 mg once daily, unchanged; lisinopril 10 mg once daily, new" in text
    assert "FOLLOW-UP: " in text
    assert f"Creatinine at discharge was {PEGGY.creatinine[1]} mg/dL." in text
