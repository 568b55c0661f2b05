"""The patients as persons: every difficulty that the tests of de-identification need is there."""

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.records.synthetic.cast import CAST, character
from phiward.records.synthetic.forms import years_between
from phiward.records.synthetic.staff import STAFF, team_of
from tests.rooms.records.synthetic.made import told

PEOPLE = [character(7, index) for index in range(12)]
"""The fewest patients for which every difficulty is promised."""


def test_a_family_shares_a_surname_and_a_roof() -> None:
    """At least three of one name in one household."""
    roofs = Counter((one.household, one.name.family) for one in PEOPLE if one.household)
    assert roofs["okafor", "Okafor"] >= 3


def test_twins_have_nearly_the_same_name_and_the_same_birth_date() -> None:
    """One letter apart."""
    one, other = (who for who in PEOPLE if who.household == "delacroix")
    assert one.birth == other.birth
    assert one.name.family == other.name.family
    different = [a for a, b in zip(one.name.given, other.name.given, strict=True) if a != b]
    assert len(different) == 1


def test_namesakes_are_unrelated() -> None:
    """The same full name, not the same birth date, roof or relatives."""
    full = Counter(one.name.full for one in PEOPLE)
    (same,) = (name for name, count in full.items() if count > 1)
    first, second = (index for index, who in enumerate(PEOPLE) if who.name.full == same)
    one, other = PEOPLE[first], PEOPLE[second]
    assert team_of(first).primary != team_of(second).primary
    assert one.birth != other.birth
    assert not one.household
    assert one.relatives != other.relatives


def test_some_are_over_89_and_some_names_are_words_accented_or_hyphenated() -> None:
    """45 CFR 164.514(b)(2)(i)(C), and what makes names hard to find."""
    names = {one.name.full for one in PEOPLE}
    assert sum(years_between(one.birth, date(2024, 1, 1)) > 89 for one in PEOPLE) >= 2
    assert {"Grace Young", "Will Brown"} <= names
    assert any(not name.isascii() for name in names)
    assert any("-" in name for name in names)
    assert any(one.name.nickname for one in PEOPLE)


def test_everyone_has_someone_to_call() -> None:
    """A relative with a name."""
    assert all(one.relatives and one.relatives[0].full.strip() for one in PEOPLE)


def test_a_person_depends_on_the_seed_only_beyond_the_fixed_cast() -> None:
    """Reproducible, and different for another seed."""
    assert character(7, 20) == character(7, 20)
    assert character(1, 0) == character(2, 0) == CAST[0]
    assert any(character(7, index) != character(8, index) for index in range(len(CAST), 30))


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000))
def test_only_one_family_is_both_called_and_treated(seed: int) -> None:
    """No relative, friend or clinician has the full name of a patient to whom he is not related."""
    patients = {character(seed, index).name.full for index in range(120)}
    assert len(patients) == 119, "one pair of namesakes, who are of the cast"
    assert not patients & {f"{one.given} {one.family}" for one in STAFF}
    for index in range(120):
        who = character(seed, index)
        assert told(index, seed).neighbour not in patients
        named = {kin.full for kin in who.relatives} & patients
        assert not named or who.household == "okafor"
    assert told(0, seed).relative.full not in patients, "the notes of the first patient name no other"
