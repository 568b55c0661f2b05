"""(C) Dates in digits."""

import pytest

from phiward.deid.rules.dates import NumericDates
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BP 120/80", "blood pressure"),
        ("1/2 tablet", "a half"),
        ("pain 5/10", "a score"),
        ("3/5 strength", "a grade"),
        ("strength is 4/5 in both arms", "a grade"),
        ("v1.2.2024", "a version"),
        ("since 2021", "a bare year stays"),
        ("platelets 150-400", "a range"),
        ("WBC 10.5", "a value"),
        ("at 10:11:12", "a time of day"),
        ("20/20 vision", "vision"),
        ("ratio 13/45/99", "no such month or day"),
        ("2/6 systolic murmur", "a murmur"),
        ("1/2023/5", "not a form"),
        ("on 3/5 strength testing", "a grade, although a preposition stands before"),
        ("G2P1 at 38 weeks", "obstetric shorthand"),
        ("sodium 20241305", "no such month"),
        ("GCS 8/15, MMSE 10/30", "scores"),
        ("scored 11/27 today", "a score"),
        ("6/12 of sciatica, 3/52 of cough", "months and weeks, as British letters write them"),
        ("reps 8/20", "perhaps a score: nothing else speaks for a day"),
    ],
)
def test_what_only_looks_like_a_date_stays(text, why):
    """The main cause of damage elsewhere."""
    assert found(NumericDates(), text) == [], why


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("DOB 07/22/1949.", "07/22/1949"),
        ("seen 7-22-49", "7-22-49"),
        ("BAL 1/14 grew MSSA", "1/14"),
        ("thallium 01/07 done", "01/07"),
        ("cxr 7/23 clear", "7/23"),
        ("2024-03-05T10:11:12Z", "2024-03-05"),
        ("on 05.03.2024", "05.03.2024"),
        ("2024/3/5", "2024/3/5"),
        ("in 03/2024", "03/2024"),
        ("2024-03", "2024-03"),
        ("seen on 3/5 for", "3/5"),
        ("a stent tmrw 4/1, he thought", "4/1"),
        ("EDC was 2/20.", "2/20"),
        ("f/u 12/24", "12/24"),
        ("20240305", "20240305"),
        ("20240305101112", "20240305101112"),
        ("Tue 3/5/24", "Tue 3/5/24"),
        ("DOB: 072249", "072249"),
        ("07 / 22 / 1949", "07 / 22 / 1949"),
        ("3/5/'24", "3/5/'24"),
    ],
)
def test_every_form_of_a_date_goes(text, date):
    """Day and month go; the time of day stays."""
    assert [value for _, value in found(NumericDates(), text)] == [date]


def test_where_there_are_dates_a_fraction_behind_an_event_is_one():
    """As in the line lists of intensive care."""
    text = "Seen 1/13/2024. R IJ 1/12, BCx 1/12 2/2 MSSA, CT 2/20; denied 2/3 of it"
    assert [written for _, written in found(NumericDates(), text)] == ["1/13/2024", "1/12", "1/12", "2/20"]


def test_both_ends_of_a_range_go():
    """ "from 3/5 to 3/9"."""
    assert [value for _, value in found(NumericDates(), "from 3/5 to 3/9")] == ["3/5", "3/9"]
