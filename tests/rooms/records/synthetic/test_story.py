"""One patient's years: in order, and never after the last day."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.records.synthetic.story import KINDS
from tests.rooms.records.synthetic.made import told


@settings(max_examples=100)
@given(seed=st.integers(0, 10_000), index=st.integers(0, 60))
def test_the_days_go_forwards_and_end_before_the_last_day(seed: int, index: int) -> None:
    """Radiology before admission, discharge after it, review last."""
    s = told(index, seed)
    order = [s.days[kind] for kind in KINDS[:5]]
    assert order == sorted(order)
    assert s.days["discharge"] < s.days["telephone"] < s.days["change"]
    assert s.days["change"] < s.days["review"] <= date(2026, 10, 30)
    assert s.next_visit > max(s.days[kind] for kind in s.kinds)


@settings(max_examples=100)
@given(seed=st.integers(0, 10_000), index=st.integers(0, 60))
def test_there_are_three_to_eight_kinds_of_note_without_repetition(seed: int, index: int) -> None:
    """In the order of time."""
    kinds = told(index, seed).kinds
    assert 3 <= len(set(kinds)) == len(kinds) <= 8
    assert [kind for kind in KINDS if kind in kinds] == list(kinds)


@settings(max_examples=100)
@given(seed=st.integers(0, 10_000), index=st.integers(0, 60))
def test_notes_never_speak_of_a_new_dose_without_the_visit_that_changed_it(seed: int, index: int) -> None:
    """The review says that the new dose was taken."""
    assert "change" in told(index, seed).kinds


@pytest.mark.parametrize("seed", [0, 7, 11])
def test_the_patient_of_the_demonstration_is_allergic_to_penicillin_and_comes_back_in_two_weeks(seed: int) -> None:
    """Whatever the seed: it is what she is asked about."""
    assert told(0, seed).allergy[0] == "penicillin"
    assert told(0, seed).until_next == "two weeks"
    assert told(0, seed).age("review") in range(70, 80)


def test_the_first_patient_has_every_kind_of_note() -> None:
    """The demonstration asks about her."""
    assert told(0).kinds == KINDS


@pytest.mark.parametrize("index", range(6))
def test_creatinine_falls_after_admission(index: int) -> None:
    """Four values that tell the same story as the notes."""
    first, admitted, changed, last = map(float, told(index).creatinine)
    assert first < last < changed < admitted


def test_a_percentage_follows_its_value_and_other_units_stand_apart() -> None:
    """As laboratories print them."""
    assert told(0).measured(0) == "BNP 210 pg/mL"
    assert told(1).measured(1) == "hemoglobin A1c 9.2%"
