"""Notes from outside the hospital: what stands in each, and what they answer."""

from collections.abc import Callable

import pytest

from phiward.records.synthetic import notes_clinic
from phiward.records.synthetic.forms import numeric, spelled
from phiward.records.synthetic.story import Story
from tests.rooms.records.synthetic.made import told

WRITERS = (notes_clinic.clinic, notes_clinic.telephone, notes_clinic.change, notes_clinic.review)
PEGGY = told(0)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("index", range(24))
def test_a_note_is_between_600_and_3000_characters_and_has_no_hole(write: Callable[[Story], str], index: int) -> None:
    """No placeholder of a template is left, and nothing is None."""
    text = write(told(index))
    assert 600 <= len(text) <= 3000
    assert not any(sign in text for sign in "{}[]")
    assert "None" not in text
    assert told(index).name.family in text


@pytest.mark.parametrize(
    ("write", "answer"),
    [
        pytest.param(
            notes_clinic.change,
            f"On {numeric(PEGGY.days['change'])} the dose of furosemide for Mrs. Okafor was changed from 20 mg to 40",
            id="which dose changed, when and to what",
        ),
        pytest.param(
            notes_clinic.change,
            f"visit with Dr. Adams on {spelled(PEGGY.days['review'])}",
            id="which follow-up is planned",
        ),
        pytest.param(
            notes_clinic.review,
            f"The last creatinine was {PEGGY.creatinine[3]} mg/dL on {numeric(PEGGY.days['review'])}.",
            id="the last creatinine",
        ),
        pytest.param(notes_clinic.clinic, "ALLERGIES: Penicillin caused hives", id="which allergy"),
        pytest.param(
            notes_clinic.review,
            f"Next visit in two weeks with Dr. Adams, on {spelled(PEGGY.next_visit)}.",
            id="when to come back",
        ),
    ],
)
def test_a_simple_question_is_answered_by_one_sentence(write: Callable[[Story], str], answer: str) -> None:
    """So that an extractive model can quote it."""
    assert answer in write(PEGGY)


def test_the_call_names_the_relative_and_the_last_four_of_the_record_number() -> None:
    """Parts of an identifier identify too."""
    text = notes_clinic.telephone(PEGGY)
    assert "Spoke with Susan Okafor, daughter of Margaret Okafor" in text
    assert f"MRN ending {PEGGY.contact.mrn[-4:]}" in text
    assert PEGGY.contact.home in text


def test_a_driver_s_license_is_shown_at_the_first_visit_by_who_has_one() -> None:
    """Some patients have one, and it is planted."""
    assert f"driver's license {told(1).contact.license}." in notes_clinic.clinic(told(1))
    assert "license" not in notes_clinic.clinic(PEGGY)


@pytest.mark.parametrize("index", range(24))
def test_a_change_of_dose_compares_with_what_was_measured_and_given(index: int) -> None:
    """Who was never admitted has no value of an admission, and starts the second drug only now."""
    s = told(index)
    text = notes_clinic.change(s)
    stayed = "admission" in s.kinds
    assert f"(was {s.track.values[1 if stayed else 0]})" in text
    assert ("continues unchanged" in text) is stayed
    assert ("is started today" in text) is not stayed
