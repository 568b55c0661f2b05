"""The grammar that deid issues and guard reads."""

import pytest

from phiward.domain.placeholders import MAX_LENGTH, PATTERN, Category, short_form

READ = ["[PATIENT_1]", "[DATE_2: 3 days after DATE_1]", "[AGE_1: 90 or older]", "[ZIP_9999]"]
NOT_READ = ["[patient_1]", "[PATIENT_0]", "[PATIENT_01]", "PATIENT_1", "[PATIENT_1", "[P_1]", "[DATE_2: a; b]", "[]"]


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_mangled_is_no_placeholder(text: str) -> None:
    """It stays masked."""
    assert PATTERN.fullmatch(text) is None


@pytest.mark.parametrize("text", READ)
def test_what_is_issued_can_be_read(text: str) -> None:
    """In the short form and with an annotation."""
    assert PATTERN.fullmatch(text)


def test_the_longest_possible_one_fits_the_limit_that_streams_wait_for() -> None:
    """12 letters, 4 digits, 40 characters of annotation, and what is between."""
    longest = f"[{'A' * 12}_9999: {'x' * 40}]"
    assert PATTERN.fullmatch(longest)
    assert len(longest) <= MAX_LENGTH


def test_every_category_makes_a_placeholder() -> None:
    """The words fit the grammar."""
    assert all(PATTERN.fullmatch(short_form(one, 1)) for one in Category)
