"""The figures, against figures made by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.evaluation.examples import Example, Marked
from phiward.deid.evaluation.scores import Removed, Scores
from tests.rooms.deid.evaluation.helpers import CLEAN, NOTE, gone


def scored(*pairs: tuple[Example, list[Removed]]) -> Scores:
    """The scores of these texts with what was removed from each."""
    scores = Scores()
    for example, removed in pairs:
        scores.add(example, removed)
    return scores


# NOTE is "Zelda Quux came on 03/04/2024."; marked are "Zelda Quux" (9 without the space) and the date (10).
@pytest.mark.parametrize(
    ("removed", "recall", "whole", "precision", "leaks"),
    [
        pytest.param([], 0 / 19, 0, None, 1, id="nothing goes: precision has nothing to measure"),
        pytest.param([gone(0, 10)], 9 / 19, 1, 9 / 9, 1, id="the name goes; its space does not count"),
        pytest.param([gone(0, 5)], 5 / 19, 0, 5 / 5, 1, id="half a name is no identifier removed whole"),
        pytest.param([gone(0, 5), gone(6, 10), gone(19, 29)], 19 / 19, 2, 19 / 19, 0, id="in two pieces is whole"),
        pytest.param(
            [gone(0, 10), gone(19, 21), gone(22, 24), gone(25, 29)], 17 / 19, 2, 17 / 17, 0, id="slashes may stay"
        ),
        pytest.param([gone(0, 15), gone(19, 29)], 19 / 19, 2, 19 / 23, 0, id="'came' goes with the name: 4 too many"),
        pytest.param([gone(11, 15)], 0 / 19, 0, 0 / 4, 1, id="only what was not marked"),
        pytest.param([gone(0, 10), gone(0, 10, "ID")], 9 / 19, 1, 9 / 9, 1, id="removed twice counts once"),
        pytest.param([gone(0, 30)], 19 / 19, 2, 19 / 26, 0, id="everything goes: recall is cheap, precision pays"),
    ],
)
def test_the_figures_are_those_made_by_hand(
    removed: list[Removed], recall: float, whole: int, precision: float | None, leaks: int
) -> None:
    """Recall and precision by character, identifiers removed whole, texts with a leak."""
    scores = scored((NOTE, removed))
    assert (scores.all.recall, scores.precision) == (recall, precision)
    assert (scores.all.spans_removed, scores.all.spans, scores.documents_leaking) == (whole, 2, leaks)


def test_a_clean_text_is_touched_when_anything_goes() -> None:
    """Texts with identifiers are no clean texts, however much of them goes."""
    scores = scored((CLEAN, []), (CLEAN, [gone(0, 1)]), (CLEAN, []), (CLEAN, []), (NOTE, [gone(0, 30)]))
    assert (scores.clean, scores.clean_touched, scores.touched) == (4, 1, 0.25)
    assert (scores.documents, scores.documents_with_identifiers) == (5, 1)


def test_nothing_to_measure_is_no_figure() -> None:
    """None, never 0 or 1."""
    scores = scored((CLEAN, []))
    assert (scores.all.recall, scores.all.span_recall, scores.precision, scores.group_spread) == (None,) * 4
    assert scored((NOTE, [])).touched is None


def test_categories_and_groups_have_their_own_recall() -> None:
    """The label is that of the file, not that of the system; of a group only the names count."""
    east = Example("note-2", "Abdi came.", (Marked(0, 4, "NAME"),), "east")
    scores = scored((NOTE, [gone(0, 10, "PATIENT")]), (east, [gone(0, 2), gone(3, 4)]))
    assert {name: tally.recall for name, tally in scores.by_label.items()} == {"NAME": 12 / 13, "DATE": 0}
    assert {name: tally.recall for name, tally in scores.by_group.items()} == {"west": 1.0, "east": 3 / 4}
    assert scores.group_spread == 1 / 4


def test_misses_and_damages_are_kept_with_their_places() -> None:
    """What stayed of a miss, by place; a damage overlaps nothing marked."""
    scores = scored((NOTE, [gone(0, 9), gone(11, 15), gone(17, 29)]))
    (miss,) = scores.misses
    assert (miss.span.label, miss.left) == ("NAME", (9,))
    assert [one.span for one in scores.damages] == [gone(11, 15)]


@st.composite
def texts(draw: st.DrawFn) -> tuple[Example, list[Removed], Removed]:
    """A text with marks, what was removed, and something more to remove."""
    text = draw(st.text(alphabet="aB1 .\n😀", min_size=1, max_size=30))

    def places() -> tuple[int, int]:
        start = draw(st.integers(0, len(text) - 1))
        return start, draw(st.integers(start + 1, len(text)))

    marks = tuple(Marked(*places(), "NAME") for _ in range(draw(st.integers(0, 3))))
    removed = [gone(*places()) for _ in range(draw(st.integers(0, 3)))]
    return Example("x", text, marks), removed, gone(*places())


@given(texts())
def test_recall_never_falls_when_more_is_removed(case: tuple[Example, list[Removed], Removed]) -> None:
    """Nor does the number of identifiers removed whole; nor do leaks rise."""
    example, removed, more = case
    before, after = scored((example, removed)), scored((example, [*removed, more]))
    assert (after.all.recall or 0) >= (before.all.recall or 0)
    assert after.all.spans_removed >= before.all.spans_removed
    assert after.documents_leaking <= before.documents_leaking


@given(texts())
def test_precision_never_rises_when_something_unmarked_is_removed(
    case: tuple[Example, list[Removed], Removed],
) -> None:
    """Where anything was removed before."""
    example, removed, more = case
    wrong = [
        gone(place, place + 1)
        for place in range(more.start, more.end)
        if not any(one.start <= place < one.end for one in example.spans)
    ]
    before, after = scored((example, removed)), scored((example, [*removed, *wrong]))
    if before.precision is not None and after.precision is not None:
        assert after.precision <= before.precision


@given(texts())
def test_no_share_leaves_its_bounds(case: tuple[Example, list[Removed], Removed]) -> None:
    """Between 0 and 1; no leak is the same as every identifier removed whole."""
    example, removed, _ = case
    scores = scored((example, removed))
    assert all(0 <= share <= 1 for share in (scores.all.recall, scores.precision, scores.touched) if share is not None)
    assert bool(scores.documents_leaking) is (scores.all.spans_removed < scores.all.spans)
    assert len(scores.misses) == scores.all.spans - scores.all.spans_removed
