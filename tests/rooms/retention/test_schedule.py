"""The schedule: what is below the floor is refused by its rule, and reviews outlive what they review."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.errors import ConfigurationError
from phiward.retention.schedule import FLOOR_RULE, FLOOR_YEARS, MOST_YEARS, REVIEW_RULE, REVIEWED, KeptClass, Schedule


@pytest.mark.parametrize(
    ("given_years", "rule", "told", "reason"),
    [
        ({"audit": 5}, FLOOR_RULE, "164.316", "below six"),
        ({"clinical": 0}, FLOOR_RULE, "clinical", "none at all"),
        ({"alerts": -1}, FLOOR_RULE, "alerts", "before it was made"),
        ({"audit": 10, "reviews": 9}, REVIEW_RULE, "review", "before the log it reviews"),
        ({"texts": 12, "reviews": 10}, REVIEW_RULE, "review", "before the texts it reviews"),
        ({"everything": 7}, None, "no such class", "a class that there is not"),
        ({"audit": 101}, None, "above", "a slip of the keyboard"),
    ],
)
def test_what_cannot_stand_is_refused_by_name(
    given_years: dict[str, int], rule: str | None, told: str, reason: str
) -> None:
    """At start, in words that say where."""
    with pytest.raises(ConfigurationError, match=told) as caught:
        Schedule.of(given_years)
    assert caught.value.rule == rule, reason


def test_seven_years_where_nothing_is_set_and_six_may_be() -> None:
    """The default and the floor."""
    assert set(Schedule.of({}).years.values()) == {7}
    assert set(Schedule.of(dict.fromkeys(map(str, KeptClass), FLOOR_YEARS)).years.values()) == {6}


def test_reviews_follow_what_they_review() -> None:
    """Where nothing is set for them."""
    assert Schedule.of({"audit": 10}).years[KeptClass.REVIEWS] == 10
    assert Schedule.of({"texts": 25}).years[KeptClass.REVIEWS] == 25


@given(st.dictionaries(st.sampled_from([str(one) for one in KeptClass]), st.integers(-2, MOST_YEARS + 2)))
def test_whatever_is_set_nothing_goes_below_the_floor_or_before_what_it_is_about(given_years: dict[str, int]) -> None:
    """Either refused, or held to."""
    try:
        years = Schedule.of(given_years).years
    except ConfigurationError:
        return
    assert all(FLOOR_YEARS <= one <= MOST_YEARS for one in years.values())
    assert all(years[KeptClass.REVIEWS] >= years[one] for one in REVIEWED)
    assert all(years[KeptClass(name)] == value for name, value in given_years.items())


def test_what_goes_together_stays_as_long_as_the_longest() -> None:
    """Every pair of classes."""
    schedule = Schedule.of({"clinical": 10, "texts": 8})
    for one, other in product(KeptClass, KeptClass):
        assert schedule.longest(one, other) == max(schedule.years[one], schedule.years[other])
