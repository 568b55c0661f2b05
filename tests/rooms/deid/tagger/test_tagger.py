"""The tagger as a detector, with the shipped model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.deid.tagger import tagger as module
from phiward.deid.tagger.decoding import Found
from phiward.deid.tagger.tagger import Tagger, _span, _whole_code
from phiward.deid.tagger.tokens import tokenise
from phiward.domain.placeholders import Category

TAGGER = Tagger()
TEXT = "Summarize Okonkwo's last visit and call her daughter Ifeoma in Tulsa. "


def taken(text: str) -> list[str]:
    """What the tagger takes."""
    return [text[span.start : span.end] for span in TAGGER.find(text)]


def test_an_empty_text_holds_nothing():
    """Nor does white space."""
    assert taken("") == []
    assert taken(" \n\t ") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("What is the maximum dose of metoprolol in CKD 4?", "drugs and stages"),
        ("Does Guillain-Barré syndrome follow Campylobacter?", "eponyms and organisms"),
        ("58-year-old with CHF since 2019, BP 120/80, Na 138, EF 35%.", "ages, years, values"),
        ("Continue Lantus 22 units qhs, hold lisinopril.", "brands"),
        ("Moved from Ohio to California in 2021.", "states and years"),
        ("Foley removed, voiding well, pain 3/10.", "devices and scores"),
    ],
)
def test_texts_with_nothing_to_remove_stay(text, reason):
    """The damage that makes safeguards be turned off."""
    assert taken(text) == [], reason


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("Is Okonkwo cleared for surgery?", "Okonkwo", "a surname that nothing announces"),
        ("please ask siobhan kowalczyk about her insulin", "siobhan kowalczyk", "in lower case"),
        ("PT RODRIGUEZ REFUSED LASIX", "RODRIGUEZ", "in capitals"),
        ("she lives with her cousin in Albuquerque", "Albuquerque", "a city"),
    ],
)
def test_names_and_places_that_nothing_announces_are_found(text, name, reason):
    """What no rule can find."""
    assert any(name in one or one in name for one in taken(text)), reason


def test_a_title_goes_with_its_name():
    """Policy: titles of every kind, not only those that the tagger saw."""
    text = "Seen by Ofc. Brannigan and Imam Yusuf Karimov yesterday."
    assert [text[span.start : span.end] for span in Tagger().find(text)] == ["Ofc. Brannigan", "Imam Yusuf Karimov"]


@pytest.mark.parametrize("code", ["farrukh_m86", "19-004417", "01MD/2281/26", "VV-88-20417-x"])
def test_a_code_goes_whole(code):
    """Whichever part of it the network saw."""
    text = f"case {code}, as told"
    inside = text.index(code) + 3
    assert _whole_code(text, inside, inside + 2) == (5, 5 + len(code))


@pytest.mark.parametrize(
    ("text", "seen", "label", "whole", "reason"),
    [
        ("Signed H. Suzuk1, MD", "H. Suzuk", "NAME", "H. Suzuk1", "a scanner read the end as a digit"),
        ("Pat1ent: R0SALIND", "SALIND", "NAME", "R0SALIND", "in the middle"),
        ("four of us at 31B Cowrie Close", "B Cowrie Close", "PLACE", "31B Cowrie Close", "a house number"),
        ("travel to Edison, NJ.", "Edison", "PLACE", "Edison, NJ", "a state right behind its city"),
        ("from Paoli PA 19301", "Paoli", "PLACE", "Paoli PA", "without a comma, before its ZIP"),
        ("to Akron IN severe pain", "Akron", "PLACE", "Akron", "a word in capitals is no state"),
        ("in Akron, OH/MD", "Akron", "PLACE", "Akron", "initials"),
    ],
)
def test_a_span_takes_in_what_belongs_to_it(text, seen, label, whole, reason):
    """Whichever part of it the network saw."""
    start = text.index(seen)
    span = _span(text, start, start + len(seen), Found(0, 0, label, 0.95))
    assert span is not None, reason
    assert text[span.start : span.end] == whole, reason


def test_categories_are_those_of_the_placeholders():
    """Names, organisations and places."""
    kinds = {span.category for span in TAGGER.find(TEXT)}
    assert kinds <= {Category.NAME, Category.CITY, Category.ADDRESS}
    assert Category.NAME in kinds


def test_cutting_a_long_text_into_windows_changes_nothing(monkeypatch):
    """Models elsewhere cut silently at 384 or 512 tokens."""
    tokens = tokenise(TEXT * 60)
    whole = TAGGER.chances(tokens)
    monkeypatch.setattr(module, "WINDOW", 37)
    assert np.allclose(TAGGER.chances(tokens), whole, atol=1e-4)


def test_a_name_at_the_end_of_a_very_long_text_is_found():
    """Nothing is cut."""
    assert any("Okonkwo" in one for one in taken("The wound is clean and dry. " * 3000 + TEXT)[-3:])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_spans_lie_within_any_text_and_hold_something(text):
    """Whatever comes in."""
    for span in TAGGER.find(text):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip()
