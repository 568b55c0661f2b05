"""Which words name a drug."""

import pytest

from phiward.clinical.drugs import dosed_words, drug_of, drugs_in


@pytest.mark.parametrize(
    "word", ["april", "person", "reason", "cholesterol", "pain", "statin", "protein", "estimator", "mab", "level"]
)
def test_these_words_name_no_drug(word: str) -> None:
    """Though some end like one."""
    assert drug_of(word) is None


@pytest.mark.parametrize(
    ("word", "drug"),
    [
        ("warfarin", "warfarin"),
        ("coumadin", "warfarin"),
        ("lasix", "furosemide"),
        ("imaginopril", "imaginopril"),
        ("imaginosartan", "imaginosartan"),
        ("imagixaban", "imagixaban"),
        ("imaginumab", "imaginumab"),
        ("imaginotinib", "imaginotinib"),
        ("imaginocillin", "imaginocillin"),
        ("imagigliflozin", "imagigliflozin"),
    ],
)
def test_these_words_name_a_drug(word: str, drug: str) -> None:
    """By the list, or by an ending of a class; a brand under its generic name."""
    assert drug_of(word) == drug


def test_a_dose_makes_a_word_a_drug() -> None:
    """Not a laboratory value, not a word of dosing, not a weight."""
    text = "Sinecurol 5 mg daily, glucose 95 mg/dL, calcium 9 mg/dL, taking 10 mg, Placebex XR 20 mg"
    assert dosed_words(text) == {"sinecurol", "placebex"}
    assert dosed_words("no dose") == frozenset()
    assert drugs_in(["sinecurol", "water"], frozenset({"sinecurol"})) == {"sinecurol"}
