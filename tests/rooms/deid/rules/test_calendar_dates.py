"""Reading one written date."""

from datetime import date

import pytest

from phiward.deid.rules.calendar_dates import calendar_date
from tests.rooms.deid.helpers import TODAY


@pytest.mark.parametrize(
    "written",
    ["March 2024", "03/2024", "March 5", "3/5", "13/13/2024", "02/30/2024", "Christmas", "2024", ""],
)
def test_a_partial_or_impossible_date_has_no_place_in_the_calendar(written):
    """No annotation rather than a wrong one."""
    assert calendar_date(written, TODAY) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("07/22/1949", date(1949, 7, 22)),
        ("7-22-49", date(1949, 7, 22)),
        ("22.07.1949", date(1949, 7, 22)),
        ("07/08/2024", date(2024, 7, 8)),
        ("2024-03-05", date(2024, 3, 5)),
        ("20240305", date(2024, 3, 5)),
        ("20240305101112", date(2024, 3, 5)),
        ("March 5th, 2024", date(2024, 3, 5)),
        ("5 Mar 2024", date(2024, 3, 5)),
        ("05-MAR-2024", date(2024, 3, 5)),
        ("Tuesday, March 5, 2024", date(2024, 3, 5)),
        ("5th of March 2024", date(2024, 3, 5)),
        ("Mar 5 '24", date(2024, 3, 5)),
        ("3/1/27", date(2027, 3, 1)),
        ("3/1/28", date(1928, 3, 1)),
        ("０３/05/2024", date(2024, 3, 5)),  # noqa: RUF001 - look-alikes are the point
    ],
)
def test_every_written_form_is_read(written, day):
    """US order first; a two-digit year is at most one year ahead."""
    assert calendar_date(written, TODAY) == day
