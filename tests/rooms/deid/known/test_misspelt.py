"""Names of the record with an error in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.known.misspelt import MisspeltNames, one_error_apart
from tests.rooms.deid.helpers import OKAFOR, hide

NAMES = st.text("abcdef", min_size=5, max_size=9)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("okafor", "no error: another matcher's"),
        ("akafor", "the first letter is right"),
        ("okfr", "two errors"),
        ("margarine", "two errors, and a word"),
        ("pegs", "too short"),
    ],
)
def test_what_is_not_one_error_away_stays(word, reason):
    """One row for each limit."""
    assert list(MisspeltNames(OKAFOR.identifiers).find(word)) == [], reason


def test_a_word_of_its_own_stays():
    """One letter from a name, and a word all the same."""
    assert list(MisspeltNames(OKAFOR.identifiers, lambda low: low == "okafors").find("okafors")) == []


@pytest.mark.parametrize("word", ["okafr", "okaforr", "okafar", "okafro", "margret", "margaert"])
def test_one_error_is_still_the_patient(word):
    """A letter less, more, other, or two swapped."""
    assert [span.category for span in MisspeltNames(OKAFOR.identifiers).find(word)] == ["PATIENT"]


def test_a_relative_is_a_name():
    """Protected like the patient, and somebody else."""
    assert [span.category for span in MisspeltNames(OKAFOR.identifiers).find("susaan")] == ["NAME"]


def test_the_whole_room_hides_it():
    """In any case, with its title."""
    assert "kafro" not in hide("Mrs. Okafro called; OKAFRO again", OKAFOR).lower()


@given(NAMES, st.data())
def test_every_single_error_is_found_and_it_does_not_matter_which_side_has_it(name, data):
    """The relation is symmetric."""
    place = data.draw(st.integers(1, len(name) - 2))
    letter = data.draw(st.sampled_from("abcdef"))
    made = data.draw(
        st.sampled_from(
            [
                name[:place] + name[place + 1 :],
                name[:place] + letter + name[place:],
                name[:place] + letter + name[place + 1 :],
                name[:place] + name[place + 1] + name[place] + name[place + 2 :],
            ]
        )
    )
    assert one_error_apart(name, made) is (name != made)
    assert one_error_apart(made, name) is (name != made)
