"""Places wide enough to stay."""

import pytest

from phiward.deid.regions import REGIONS
from phiward.deid.tagger.keep import is_region


@pytest.mark.parametrize("name", ["new york", "washington", "akron", "springfield", "cook county", ""])
def test_what_may_be_smaller_than_a_state_is_no_region(name):
    """A city of the same name must go."""
    assert not is_region(name)


@pytest.mark.parametrize(
    "name", ["ohio", "guatemala", "southern tunisia", "western europe", "rural alabama", "new mexico"]
)
def test_states_countries_and_larger_places_are_regions(name):
    """They may stay."""
    assert is_region(name)


def test_the_list_is_in_lower_case_and_without_accents():
    """As it is compared."""
    assert all(name == name.lower() and name.isascii() for name in REGIONS)
