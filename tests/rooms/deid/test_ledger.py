"""Placeholders and their numbers."""

import pytest

from phiward.deid.ledger import MAX_NUMBER, Ledger
from phiward.deid.spans import Span
from phiward.domain.errors import TooLargeError
from phiward.domain.placeholders import MAX_LENGTH, PATTERN, Category
from tests.rooms.deid.helpers import TODAY


def put(ledger: Ledger, category: Category, text: str) -> str:
    """Hide all of `text`."""
    return ledger.replace(text, [Span(0, len(text), category, "d")])


def test_more_values_than_the_grammar_has_numbers_are_refused():
    """Fail closed rather than issue a placeholder nobody can resolve."""
    ledger = Ledger(TODAY)
    ledger._counts[Category.NAME] = MAX_NUMBER
    with pytest.raises(TooLargeError):
        put(ledger, Category.NAME, "one too many")


def test_one_text_has_one_number_and_another_spelling_another():
    """The inverse is exact because numbers follow the exact text."""
    ledger = Ledger(TODAY)
    assert put(ledger, Category.PATIENT, "Ann Testcase") == "[PATIENT_1]"
    assert put(ledger, Category.PATIENT, "ANN TESTCASE") == "[PATIENT_2]"
    assert put(ledger, Category.PATIENT, "Ann Testcase") == "[PATIENT_1]"
    assert ledger.legend() == "PATIENT_1, PATIENT_2 are the same person."


def test_one_spelling_needs_no_legend():
    """Nothing to say, nothing said."""
    ledger = Ledger(TODAY)
    put(ledger, Category.PATIENT, "Ann Testcase")
    assert ledger.legend() == ""


def test_dates_are_annotated_relative_to_the_first_whole_one():
    """A partial date gets no annotation and cannot be the anchor."""
    ledger = Ledger(TODAY)
    assert put(ledger, Category.DATE, "March 2024") == "[DATE_1]"
    assert put(ledger, Category.DATE, "03/05/2024") == "[DATE_2]"
    assert put(ledger, Category.DATE, "March 8th, 2024") == "[DATE_3: 3 days after DATE_2]"
    assert ledger.placeholders["[DATE_3]"] == ledger.placeholders["[DATE_3: 3 days after DATE_2]"] == "March 8th, 2024"


def test_no_annotation_tells_an_age_over_89():
    """Not directly, and not by adding up two distances."""
    ledger = Ledger(TODAY)
    put(ledger, Category.DATE, "03/05/1980")
    assert put(ledger, Category.DATE, "03/05/1934") == "[DATE_2: 46 years before DATE_1]"
    assert put(ledger, Category.DATE, "03/05/2025") == "[DATE_3]"
    assert put(ledger, Category.DATE, "03/05/1981") == "[DATE_4: 1 year after DATE_1]"


def test_an_age_says_what_safe_harbor_allows():
    """45 CFR 164.514(b)(2)(i)(C): a single category of age 90 or older."""
    assert put(Ledger(TODAY), Category.AGE, "93") == "[AGE_1: 90 or older]"


@pytest.mark.parametrize("category", list(Category))
def test_every_placeholder_fits_the_grammar(category):
    """What is issued must be found again by the pattern the guard uses."""
    ledger = Ledger(TODAY)
    ledger._counts[category] = MAX_NUMBER - 2
    for text in ("03/05/1950", "03/06/2024"):
        issued = put(ledger, category, text)
        assert PATTERN.fullmatch(issued)
        assert len(issued) <= MAX_LENGTH
