"""How contradicting detectors are settled."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.spans import Span, resolve
from phiward.domain.placeholders import Category

TEXT = "abcdefghij klmnopqrst"
SPANS = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.integers(1, 8),
        st.sampled_from([Category.NAME, Category.DATE]),
        st.integers(0, 3),
    ).map(lambda t: Span(t[0], min(t[0] + t[1], 21), t[2], "d", t[3])),
    max_size=12,
)


def test_the_longest_span_wins():
    """A phone number inside a URL is part of the URL."""
    short, long = Span(2, 5, Category.PHONE, "a", 99), Span(0, 9, Category.URL, "b", 1)
    assert resolve([short, long], TEXT) == [long]


def test_of_equal_spans_the_higher_priority_wins():
    """A known name beats a guessed one."""
    known, guessed = Span(0, 4, Category.PATIENT, "k", 90), Span(0, 4, Category.NAME, "g", 40)
    assert resolve([guessed, known], TEXT) == [known]


def test_what_a_loser_covers_beyond_the_winner_stays_hidden():
    """Settling an overlap must not uncover the rest of the loser."""
    kept = resolve([Span(0, 6, Category.NAME, "a"), Span(4, 9, Category.DATE, "b")], TEXT)
    assert [(span.start, span.end) for span in kept] == [(0, 6), (6, 9)]


@given(SPANS)
def test_the_result_is_sorted_apart_and_covers_every_letter(spans):
    """Whatever the detectors say, no letter or digit that one of them named is left open."""
    kept = resolve(spans, TEXT)
    covered = {i for span in kept for i in range(span.start, span.end)}
    assert all(a.end <= b.start for a, b in pairwise(kept))
    assert all(i in covered or not TEXT[i].isalnum() for span in spans for i in range(span.start, span.end))


@given(SPANS)
def test_the_order_of_detectors_does_not_matter(spans):
    """Deterministic."""
    assert resolve(spans, TEXT) == resolve(spans[::-1], TEXT)
