"""What a text denies, affirms and leaves open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.claims import missing, read_passage, read_sentence
from phiward.clinical.negation import polarity

from .made import passage

LISTED = "breath chest fever pain shortness"
READ = [
    ("a list that is denied", "He denies chest pain, SOB, or fever.", "", LISTED, "", ""),
    (
        "a list that ends with what is there",
        "No chest pain, lungs clear, edema present.",
        "edema lung",
        "chest pain",
        "",
        "",
    ),
    ("behind a preposition", "No pneumonia on chest x-ray", "", "pneumonia", "chest ray", ""),
    ("behind but", "Chest pain but no fever", "chest pain", "fever", "", ""),
    ("before but", "No fever or chills but a cough", "cough", "chill fever", "", ""),
    ("a new subject", "There is no fever, and he has a cough", "cough", "fever", "", ""),
    ("a new verb", "He stopped warfarin and started apixaban", "apixaban start", "warfarin", "", ""),
    ("another sentence", "No fever. Cough.", "cough", "fever", "", ""),
    ("another clause", "No fever; cough", "cough", "fever", "", ""),
    ("another line", "No fever\nCough", "cough", "fever", "", ""),
    ("a wrapped line", "No chest\npain", "", "chest pain", "", ""),
    ("a decimal point", "No fever 38.5 or chills", "", "chill fever", "", ""),
    ("more than six words away", "No aa bb cc dd ee ff gg", "gg", "aa bb cc dd ee ff", "", ""),
    ("what stands before", "Pneumonia was ruled out", "", "pneumonia", "", ""),
    ("a result", "Blood cultures were negative", "", "blood cultur", "", ""),
    ("a result before its name", "Negative troponin", "", "troponin", "", ""),
    ("negative for", "Negative for fever and chills", "", "chill fever", "", ""),
    ("gram negative", "Gram negative rods", "gram rod", "", "", ""),
    ("not seen", "Edema is not seen", "", "edema", "", ""),
    ("none", "Allergies: none", "", "allergy", "", ""),
    ("neither and nor", "Neither fever nor chills", "", "chill fever", "", ""),
    ("non", "Abdomen nontender, non-distended", "abdomen", "distend tender", "", ""),
    ("none the less", "nonetheless fever", "fever nonetheless", "", "", ""),
    ("not only", "Not only fever but chills", "chill fever", "", "", ""),
    ("not stopped", "Warfarin was not stopped", "warfarin", "", "", ""),
    ("not on a drug", "He is not on warfarin", "", "warfarin", "", ""),
    ("not started", "Not started on warfarin", "", "start warfarin", "", ""),
    ("stopped for a reason", "Metoprolol stopped due to hypotension", "hypotension", "metoprolol", "", ""),
    ("to rule out", "CT to rule out embolism", "ct", "", "", "embolism"),
    ("cannot be ruled out", "Embolism cannot be ruled out", "", "", "", "embolism"),
    ("possible", "Possible embolism", "", "", "", "embolism"),
    ("suspected behind", "Embolism was suspected", "", "", "", "embolism"),
    ("of the family", "Family history of diabetes", "family", "", "", "diabet"),
    ("if", "Return if fever develops", "return", "", "", "develop fever"),
    ("abbreviations", "NKDA. Afebrile.", "", "allergy drug fever", "", ""),
]


@pytest.mark.parametrize(
    ("text", "affirmed", "denied", "neutral", "opened"), [pytest.param(*row[1:], id=row[0]) for row in READ]
)
def test_each_word_has_its_polarity(text: str, affirmed: str, denied: str, neutral: str, opened: str) -> None:
    """Stems of content words; a word in none of them says nothing."""
    read = polarity(text)
    found = [" ".join(sorted(words)) for words in (read.affirmed, read.denied, read.neutral, read.opened)]
    assert found == [affirmed, denied, neutral, opened]


def test_a_brand_stands_under_its_generic_name() -> None:
    """And a dosed word is not stemmed."""
    assert polarity("No Lasix").denied == {"furosemide"}
    assert polarity("sinecurols", frozenset({"sinecurols"})).words == {"sinecurols"}


WORD_LIST = "no not denies fever cough pain but and or , . was ruled out possible stopped on has nontender nkda"
WORDS = st.sampled_from(WORD_LIST.split())


@given(st.lists(WORDS, max_size=14))
def test_every_content_word_is_somewhere(words: list[str]) -> None:
    """None is lost between the sets, whatever the order of the words."""
    text = " ".join(words)
    read = polarity(text)
    assert read.words == read.affirmed | read.denied | read.neutral | read.opened
    assert {word for word in ("fever", "cough", "pain") if word in words} <= read.words


@given(st.lists(WORDS, max_size=14))
def test_a_text_never_contradicts_itself(words: list[str]) -> None:
    """Said again word for word, it is supported by itself."""
    text = " ".join(words)
    assert missing(read_sentence(text), [read_passage(passage(text))]) == set()
