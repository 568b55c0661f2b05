"""What a sentence rests on: what it names, what is found for it, what it quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.claims import Claim
from phiward.clinical.evidence import Evidence, Quote, SentenceKind

from .made import checked, passage

LABS = "Labs today: potassium 4.1 mmol/L, creatinine 1.20 mg/dL."
DRUGS = "Takes metoprolol 25 mg b.i.d. and lisinopril 10 mg daily."
ROS = "He denies chest pain, cough, or fever.\nHe said that he sleeps well."

UNSUPPORTED = [
    ("a value that stands nowhere", "Potassium was 9.9 mmol/L [1].", (1,), (Claim.NUMBER,)),
    ("a value of another passage", "Potassium was 4.1 mmol/L [2].", (2,), (Claim.NUMBER, Claim.WORDS)),
    ("another unit", "Potassium was 4.1 mg [1].", (1,), (Claim.UNIT,)),
    ("another drug", "He takes warfarin and metoprolol [2].", (2,), (Claim.DRUG,)),
    ("a date that stands nowhere", "Potassium 4.1 on 2020-01-01 [1].", (1,), (Claim.DATE,)),
    ("what the passage denies", "He has chest pain [3].", (3,), (Claim.NEGATION,)),
    ("words that stand nowhere", "Gallstones were surgically removed [1].", (1,), (Claim.WORDS,)),
    ("no words at all", "Yes [1].", (1,), (Claim.WORDS,)),
    ("a quotation that is changed", 'He said "that he sleeps badly" [3].', (3,), (Claim.QUOTATION,)),
    ("a quotation of another passage", '"he sleeps well" takes metoprolol [2].', (2,), (Claim.WORDS, Claim.QUOTATION)),
    ("a number that no passage has", "Potassium was 4.1 mmol/L [note 9].", (), (Claim.CITATION,)),
    ("no passage named, and none holds it", "Potassium was 9.9 mmol/L.", (), (Claim.CITATION,)),
    ("no passage named, and no single one holds it", "Potassium 4.1 on metoprolol 25 mg.", (), (Claim.CITATION,)),
    ("no passage named, and too few words shared", "Potassium 4.1 after gallstone surgery.", (), (Claim.CITATION,)),
    ("no passage named, and a changed quotation", '"he sleeps well today"', (), (Claim.CITATION,)),
    (
        "no passage named, and a withheld identifier",
        "[withheld] labs today: potassium 4.1",
        (),
        (Claim.CITATION, Claim.WITHHELD),
    ),
    ("a percentage of its own", "I am 95% sure.", (), (Claim.CITATION,)),
    (
        "a withheld identifier",
        "[withheld: identifier of another person] potassium 4.1 [1].",
        (1,),
        (Claim.WORDS, Claim.WITHHELD),
    ),
    ("letters of two scripts", "N\u043e potassium 4.1 [1].", (1,), (Claim.WORDS,)),
    ("several", "Warfarin 9 mg on 2020-01-01 [2].", (2,), (Claim.NUMBER, Claim.DRUG, Claim.DATE, Claim.WORDS)),
]


@pytest.mark.parametrize(
    ("sentence", "passages", "missing"), [pytest.param(*row[1:], id=row[0]) for row in UNSUPPORTED]
)
def test_this_is_without_support(sentence: str, passages: tuple[int, ...], missing: tuple[Claim, ...]) -> None:
    """With the reason, in a fixed order."""
    found = checked(sentence, LABS, DRUGS, ROS)
    assert not found.supported
    assert (found.passages, found.missing) == (passages, missing)
    assert found.kind is SentenceKind.CLAIM


SUPPORTED = [
    ("a value", "Potassium was 4.1 mmol/L [1].", (1,), "model"),
    ("values of two passages", "Potassium 4.1 on metoprolol 25 mg twice daily [1] [2].", (1, 2), "model"),
    ("an invalid number beside a valid one", "Potassium was 4.1 mmol/L [1, 9].", (1,), "model"),
    ("what the passage denies", "He has no fever [note 3].", (3,), "model"),
    ("found for it", "Potassium today was 4.1 mmol/L.", (1,), "phiward"),
    ("a denial that is found", "He denies cough.", (3,), "phiward"),
    ("a quotation", 'He said "he sleeps well." [3]', (3,), "model"),
    ("a quotation that is found", '"potassium 4.1 mmol/L"', (1,), "phiward"),
]


@pytest.mark.parametrize(("sentence", "passages", "named_by"), [pytest.param(*row[1:], id=row[0]) for row in SUPPORTED])
def test_this_is_supported(sentence: str, passages: tuple[int, ...], named_by: str) -> None:
    """By the passages that the model named, or that phiward found."""
    found = checked(sentence, LABS, DRUGS, ROS)
    assert (found.missing, found.supported) == ((), True)
    assert (found.passages, found.named_by) == (passages, named_by)


def test_invalid_numbers_are_counted() -> None:
    """Whether or not another mark is valid."""
    assert checked("Potassium was 4.1 mmol/L [1, 9] [0].", LABS).invalid == 2
    assert checked("Potassium was 4.1 mmol/L [9].", LABS).invalid == 1


def test_a_quotation_has_the_offsets_of_its_source() -> None:
    """Not those of the passage."""
    evidence = Evidence([passage(LABS), passage(ROS, start=1000)])
    found = evidence.check("“he sleeps  well” and “denies chest pain” [2]")
    document = " " * 1000 + ROS
    assert [document[one.start : one.end] for one in found.quotes] == ["he sleeps well", "denies chest pain"]
    assert found.quotes[1] == Quote(2, 1003, 1020)


def test_at_most_three_passages_are_found() -> None:
    """The best ones, in the order of the prompt."""
    found = checked("Potassium today was 4.1 mmol/L.", "x", LABS, LABS, LABS, LABS)
    assert found.passages == (2, 3, 4)


def test_offsets_begin_where_the_sentence_stands() -> None:
    """In the released text."""
    found = Evidence([passage(LABS)]).check("Potassium was 4.1.", start=50)
    assert (found.start, found.end) == (50, 68)


def test_nothing_is_supported_without_passages() -> None:
    """An answer from the model's own memory."""
    found = checked("Potassium was 4.1 mmol/L.")
    assert (found.supported, found.missing) == (False, (Claim.CITATION,))
    assert checked("Potassium was 4.1 mmol/L [1].").invalid == 1


def test_a_sentence_that_claims_nothing_is_of_its_own_kind() -> None:
    """Neither supported nor missing anything; the passages that it names are kept."""
    found = checked("The notes do not say whether he smokes [1].", LABS)
    assert (found.kind, found.supported, found.missing, found.passages) == (SentenceKind.NONE, False, (), (1,))


@pytest.mark.parametrize(
    "sentence",
    [
        "## [withheld: identifier of another person]",
        "The notes do not say whether [withheld: identifier of another person] smokes.",
        "The notes do not say whether he sm\u043ekes.",
    ],
)
def test_nothing_that_was_withheld_or_cannot_be_read_is_let_off(sentence: str) -> None:
    """A heading, or words that say that nothing was found, are then claims."""
    found = checked(sentence, LABS)
    assert (found.kind, found.supported) == (SentenceKind.CLAIM, False)


@given(st.text(), st.text())
def test_every_sentence_gets_an_answer(sentence: str, text: str) -> None:
    """Whatever is in it, and whatever is in the passage."""
    found = checked(sentence, text, LABS)
    assert found.supported == (found.kind is SentenceKind.CLAIM and not found.missing)
