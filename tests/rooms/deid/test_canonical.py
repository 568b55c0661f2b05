"""The canonical copy and the way back to the original offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.canonical import canonicalise, fold, map_back
from phiward.deid.spans import Span
from phiward.domain.placeholders import Category


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        pytest.param("Oka\u200bfor", "Okafor", id="zero width space"),
        pytest.param("Oka\u00adfor", "Okafor", id="soft hyphen"),
        pytest.param("Оkаfor", "Okafor", id="Cyrillic O and a"),  # noqa: RUF001 - look-alikes are the point
        pytest.param("５５５", "555", id="full-width digits"),  # noqa: RUF001 - look-alikes are the point
        pytest.param("Jose\u0301", "Jose", id="combining mark"),
        pytest.param("José", "Jose", id="composed accent"),
        pytest.param("5\u00a055", "5 55", id="no-break space"),
        pytest.param("O’Neil–Brown", "O'Neil-Brown", id="typographic quote and dash"),  # noqa: RUF001 - look-alikes are the point
        pytest.param("\\u004dargaret", "Margaret", id="JSON escape"),
        pytest.param("x\\nMargaret", "x\nMargaret", id="JSON line break does not glue"),
        pytest.param("ﬁve", "five", id="ligature"),
    ],
)
def test_disguises_fall_off(written, canonical):
    """Each row is one way to hide a name from a pattern."""
    assert canonicalise(written)[0] == canonical


def test_ascii_is_returned_as_it_is():
    """The fast path."""
    text = "plain text"
    assert canonicalise(text) == (text, None)
    assert fold(text) is text


def test_a_span_takes_in_what_vanished():
    """The combining mark behind a name goes with it."""
    text = "Jose\u0301 x"
    copy, offsets = canonicalise(text)
    assert copy == "Jose x"
    span = map_back(Span(0, 4, Category.NAME, "d"), offsets, text)
    assert text[span.start : span.end] == "Jose\u0301"


@given(st.text(max_size=60))
def test_offsets_are_monotone_and_cover_the_text(text):
    """Every canonical character points into the original, in order; lower case keeps the length."""
    copy, offsets = canonicalise(text)
    assert len(copy.lower()) == len(copy)
    if offsets is None:
        assert len(copy) == len(text)
    else:
        assert len(offsets) == len(copy) + 1
        assert offsets == sorted(offsets)
        assert offsets[-1] == len(text)
