"""Putting the originals back."""

from phiward.deid.restore import reidentify


def test_a_placeholder_that_was_never_issued_stays():
    """An invented number resolves to nothing."""
    assert reidentify("[PATIENT_2] and [NAME_1]", {"[PATIENT_1]": "Ann"}) == "[PATIENT_2] and [NAME_1]"


def test_restored_text_is_not_read_again():
    """An original that looks like a placeholder must not be resolved in turn."""
    assert reidentify("[LITERAL_1]", {"[LITERAL_1]": "[PATIENT_1]", "[PATIENT_1]": "Ann"}) == "[PATIENT_1]"


def test_both_spellings_of_a_date_are_restored():
    """Models drop the annotation."""
    known = {"[DATE_2]": "x", "[DATE_2: 3 days after DATE_1]": "x"}
    assert reidentify("[DATE_2] [DATE_2: 3 days after DATE_1]", known) == "x x"
