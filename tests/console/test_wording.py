"""How days, times and numbers are said."""

from datetime import UTC, date, datetime

import pytest

from phiward.console.wording import clock, day, moment, number, plural, words


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (day(None), "no date"),
        (clock(None), "never"),
        (moment(None), "never"),
        (day(date(2026, 11, 9)), "9 Nov 2026"),
        (moment(datetime(2026, 11, 19, 9, 5, tzinfo=UTC)), "19 Nov 2026, 09:05 UTC"),
        (number(2_148_213), "2,148,213"),
        (plural(1, "patient"), "1 patient"),
        (plural(0, "patient"), "0 patients"),
        (plural(2, "document or fact", "documents or facts"), "2 documents or facts"),
        (words("privacy_officer"), "privacy officer"),
    ],
)
def test_each_is_said_as_the_design_says(said: str, wanted: str) -> None:
    """Nothing is left out in silence."""
    assert said == wanted
