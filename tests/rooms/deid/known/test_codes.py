"""Numbers of the patient in context."""

import pytest

from phiward.deid.known.codes import CodeMatcher
from tests.rooms.deid.helpers import OKAFOR, K, patient

CODES = CodeMatcher(OKAFOR.identifiers)


def found(text, matcher=CODES):
    """(category, text) of each span."""
    return [(str(s.category), text[s.start : s.end]) for s in matcher.find(text, text.lower())]


@pytest.mark.parametrize("text", ["1004829151", "platelets 482915", "glucose 4320", "at 44 77", "9876543201", "62705"])
def test_other_numbers_stay(text):
    """A known number inside a longer one, and last digits without context."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "category", "value"),
    [
        ("MRN-00482915", "MRN", "MRN-00482915"),
        ("mrn00482915", "MRN", "mrn00482915"),
        ("00 48 29 15", "MRN", "00 48 29 15"),
        ("0O482915", "MRN", "0O482915"),
        ("987654320", "SSN", "987654320"),
        ("987 65 4320", "SSN", "987 65 4320"),
        ("9 8 7 6 5 4 3 2 0", "SSN", "9 8 7 6 5 4 3 2 0"),
        ("98765432O", "SSN", "98765432O"),
        ("(555) 010-4477", "PHONE", "(555) 010-4477"),
        ("5550104477", "PHONE", "5550104477"),
        ("555.010.4477", "PHONE", "555.010.4477"),
        ("77.120.9934", "ACCOUNT", "77.120.9934"),
        ("62704", "ZIP", "62704"),
        ("SSN ending 4320", "SSN", "4320"),
        ("last four 4477", "PHONE", "4477"),
        ("account ***9934", "ACCOUNT", "9934"),
    ],
)
def test_any_separator_and_the_last_four_digits_go(text, category, value):
    """Spelled, spaced, dotted, scanned, shortened."""
    assert (category, value) in found(text)


def test_a_short_code_needs_a_label():
    """A record number of three digits looks like a laboratory value."""
    matcher = CodeMatcher(patient((K.MRN, "482")).identifiers)
    assert found("platelets 482", matcher) == []
    assert found("MRN: 482", matcher) == [("MRN", "482")]
