"""Names of one thing: found in every spelling, and not in what only looks alike."""

import pytest

from phiward.domain.words import canonical_words
from phiward.retrieval.concepts import MEASURES, WEAK_WORDS, named


@pytest.mark.parametrize(
    ("question", "label", "reason"),
    [
        ("hemoglobin", "Hemoglobin A1c", "a longer name uses up its words"),
        ("hemoglobin", "Hemoglobin A1c/Hemoglobin.total in Blood", "as LOINC writes it"),
        ("cholesterol", "Cholesterol in HDL [Mass/volume] in Serum", "another cholesterol"),
        ("potassium", "Vitamin K", "another K"),
        ("high blood pressure", "Diastolic blood pressure", "a diagnosis, not a measurement"),
        ("blood culture", "Leukocytes [#/volume] in Blood", "a weak word"),
        ("blood pressure", "Glucose [Mass/volume] in Blood", "a weak word"),
        ("calcium", "Carcinoma (Ca) of colon", "no abbreviation that is as often something else"),
    ],
)
def test_what_only_looks_alike_shares_no_name(question: str, label: str, reason: str) -> None:
    """Words in common are not enough."""
    assert named(question) & named(label) == frozenset(), reason


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("A1c", "Hemoglobin A1c/Hemoglobin.total in Blood"),
        ("HbA1c", "Hemoglobin A1c"),
        ("K", "Potassium [Moles/volume] in Serum or Plasma"),
        ("Na", "Sodium"),
        ("creatinines", "Creatinine [Mass/volume] in Blood"),
        ("Hgb", "Hemoglobin [Mass/volume] in Blood"),
        ("WBC", "Leukocytes [#/volume] in Blood by Automated count"),
        ("BP", "Systolic blood pressure"),
        ("blood pressure", "Blood pressure panel"),
        ("systolic pressure", "Systolic Blood Pressure"),
        ("weight", "Body Weight"),
        ("BMI", "Body mass index (BMI) [Ratio]"),
        ("eGFR", "Glomerular filtration rate/1.73 sq M.predicted"),
        ("INR", "INR in Platelet poor plasma by Coagulation assay"),
        ("LDL", "Low Density Lipoprotein Cholesterol"),
        ("BUN", "Urea nitrogen"),
        ("pulse", "Heart rate"),
        ("HTN", "Essential hypertension (disorder)"),
        ("diabetes", "Diabetes mellitus type 2"),
        ("metformin", "metFORMIN hydrochloride 500 MG Oral Tablet"),
    ],
)
def test_a_question_and_a_label_meet_in_a_name(question: str, label: str) -> None:
    """In the words of clinicians and in those of code systems."""
    assert named(question) & named(label)


def test_a_diagnosis_is_no_measure() -> None:
    """What is measured has values over time."""
    assert {"=potassium", "=blood pressure", "=systolic"} <= MEASURES
    assert not {"=hypertension", "=diabetes"} & MEASURES


def test_weak_words_are_compared_in_the_spelling_in_which_they_are_kept() -> None:
    """One that is not canonical would never match."""
    assert all(canonical_words(word) == [word] for word in WEAK_WORDS)


def test_nothing_names_nothing() -> None:
    """Stop words neither."""
    assert named("") == named("what is the") == frozenset()
