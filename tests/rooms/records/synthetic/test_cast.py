"""The patients as persons: every difficulty that the tests of de-identification need is there."""

from collections import Counter
from datetime import date

from phiward.records.synthetic.cast import CAST, character
from phiward.records.synthetic.forms import years_between

PEOPLE = [character(7, index) for index in range(24)]


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
    one, other = (who for who in PEOPLE if who.name.full == same)
    assert one.birth != other.birth
    assert not one.household
    assert one.relatives != other.relatives


def test_some_are_over_89_and_some_names_are_words_accented_or_hyphenated() -> None:
    """45 CFR 164.514(b)(2)(i)(C), and what makes names hard to find."""
    names = {one.name.full for one in PEOPLE}
    assert sum(years_between(one.birth, date(2024, 1, 1)) > 89 for one in PEOPLE) >= 2
    assert {"Grace Young", "Will Brown", "Hope Summers"} <= names
    assert any(not name.isascii() for name in names)
    assert any("-" in name for name in names)
    assert any("'" in name for name in names)
    assert any(one.name.nickname for one in PEOPLE)


def test_everyone_has_someone_to_call() -> None:
    """A relative with a name."""
    assert all(one.relatives and one.relatives[0].full.strip() for one in PEOPLE)


def test_a_person_depends_on_the_seed_only_beyond_the_fixed_cast() -> None:
    """Reproducible, and different for another seed."""
    assert character(7, 20) == character(7, 20)
    assert character(1, 0) == character(2, 0) == CAST[0]
    assert any(character(7, index) != character(8, index) for index in range(len(CAST), 30))
