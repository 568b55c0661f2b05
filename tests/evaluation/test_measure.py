"""The figures of the card are those of the shipped file and the shipped rules."""

import pytest

from evaluation import sets
from evaluation.measure import measured
from evaluation.plot import Point, draw
from phiward.deid.deidentifier import Deidentifier
from phiward.deid.tagger.model_file import read_card


@pytest.mark.parametrize("name", ["questions", "notes"])
def test_the_card_says_what_is_measured_now(name):
    """Whoever changes a rule or the tagger measures again: `make eval ARGS=--write`."""
    assert measured(Deidentifier(), sets.held_out()[name]) == read_card()["measured"][name]


def test_the_card_tells_the_spread_between_name_groups():
    """One recall a group, and the distance of the best from the worst."""
    told = read_card()["measured"]["names"]
    recalls = told["recall_by_group"].values()
    assert len(recalls) >= 30
    assert told["spread"] == pytest.approx(max(recalls) - min(recalls), abs=1e-4)


def test_the_plot_marks_the_threshold_that_is_shipped():
    """And names what lies outside its frame."""
    svg = draw([Point("0.3", 0.95, 0.05, True), Point("rules alone", 0.5, 0.03)])
    assert "shipped: 95.00%, 5.0%" in svg
    assert "outside the frame: rules alone: 50.0%, 3.0%" in svg
