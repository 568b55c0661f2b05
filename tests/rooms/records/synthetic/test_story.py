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
    assert [kind for kind in KINDS if kind in kinds] == sorted(kinds, key=KINDS.index)


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
