"""Calibration: what it refuses, that it is monotone, and that its error is measured on other rows."""

import json
import random
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.clinical.calibration import MIN_IN_BAND, MIN_ROWS, BandName, Calibration, confidence, fit
from phiward.domain.errors import ConfigurationError, InvalidRequestError

TODAY = date(2026, 1, 2)
GOOD: dict[str, Any] = {
    "bands": [
        {"at_least": 0.0, "band": "low", "n": 50, "correct": 10},
        {"at_least": 0.5, "band": "moderate", "n": 40, "correct": 32},
        {"at_least": 0.9, "band": "high", "n": 60, "correct": 57},
    ],
    "ece": 0.05,
    "n": 150,
    "made_on": "2026-01-02",
    "what": "invented answers",
}


def changed(place: str, value: Any) -> dict[str, Any]:
    """The good file with one value changed; "bands.0.n" is a place."""
    made = json.loads(json.dumps(GOOD))
    *path, last = place.split(".")
    inner = made
    for step in path:
        inner = inner[int(step) if step.isdigit() else step]
    inner[last] = value
    return dict(made)


BROKEN = [
    ("no bands", changed("bands", [])),
    ("a gap below the first band", changed("bands.0.at_least", 0.1)),
    ("bands out of order", changed("bands.1.at_least", 0.95)),
    ("a band beyond one", changed("bands.2.at_least", 1.5)),
    ("not a number", changed("bands.0.at_least", float("nan"))),
    ("accuracy that falls", changed("bands.0.correct", 50)),
    ("more correct than there are", changed("bands.2.correct", 61)),
    ("less than none correct", changed("bands.0.correct", -1)),
    ("a band of few", changed("bands.0.n", 10)),
    ("a sum that does not add up", changed("n", 151)),
    ("a name that does not fit its accuracy", changed("bands.0.band", "high")),
    ("a name that does not exist", changed("bands.0.band", "superb")),
    ("an error above one", changed("ece", 1.1)),
    ("an error that is no number", changed("ece", float("nan"))),
    ("a count that is no whole number", changed("n", 150.0)),
    ("a count that is a truth value", changed("bands.0.n", True)),
    ("a day that does not exist", changed("made_on", "2026-02-30")),
    ("no name", changed("what", "")),
    ("a name that is no text", changed("what", 5)),
    ("a field that nobody knows", {**GOOD, "more": 1}),
    ("a field that is missing", {key: value for key, value in GOOD.items() if key != "ece"}),
    ("a list", [GOOD]),
    ("null", None),
]


@pytest.mark.parametrize("broken", [pytest.param(row[1], id=row[0]) for row in BROKEN])
def test_a_calibration_that_does_not_add_up_is_refused(broken: Any) -> None:
    """Nothing is repaired."""
    with pytest.raises(ConfigurationError):
        Calibration.from_json(json.dumps(broken))


def test_what_is_no_json_is_refused() -> None:
    """Without a word of it in the message."""
    with pytest.raises(ConfigurationError) as raised:
        Calibration.from_json("Ada Testov")
    assert "Testov" not in str(raised.value)


def test_a_calibration_is_read_and_written() -> None:
    """The same one."""
    read = Calibration.from_json(json.dumps(GOOD))
    assert json.loads(read.to_json()) == GOOD
    assert Calibration.from_json(read.to_json()) == read


def test_too_few_rows_are_refused() -> None:
    """With one more it is made."""
    with pytest.raises(InvalidRequestError, match="not enough"):
        fit([(0.5, True)] * (MIN_ROWS - 1), TODAY, "x")
    assert fit([(0.5, True)] * MIN_ROWS, TODAY, "x").n == MIN_ROWS


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_coverage_is_between_0_and_1(share: float) -> None:
    """When it is fitted and when it is asked for."""
    with pytest.raises(InvalidRequestError):
        fit([(share, True)] * MIN_ROWS, TODAY, "x")
    with pytest.raises(InvalidRequestError):
        confidence(Calibration.from_json(json.dumps(GOOD)), share)


@pytest.mark.parametrize("what", ["", "  ", "x" * 201])
def test_a_calibration_has_a_name(what: str) -> None:
    """Or nobody knows what it is good for."""
    with pytest.raises(InvalidRequestError):
        fit([(0.5, True)] * MIN_ROWS, TODAY, what)


@pytest.mark.parametrize(
    ("coverage", "band", "accuracy"),
    [
        (0.0, BandName.LOW, 0.2),
        (0.49, BandName.LOW, 0.2),
        (0.5, BandName.MODERATE, 0.8),
        (0.9, BandName.HIGH, 0.95),
        (1.0, BandName.HIGH, 0.95),
    ],
)
def test_a_coverage_falls_into_one_band(coverage: float, band: BandName, accuracy: float) -> None:
    """With the accuracy found there, the error, the number of answers and the day."""
    found = confidence(Calibration.from_json(json.dumps(GOOD)), coverage)
    assert (found.band, found.expected_accuracy) == (band, accuracy)
    assert (found.ece, found.n, found.made_on) == (0.05, 150, TODAY)


def test_without_calibration_or_coverage_there_is_no_figure() -> None:
    """Words instead of a number."""
    for found in (confidence(None, 1.0), confidence(Calibration.from_json(json.dumps(GOOD)), None)):
        assert (found.band, found.expected_accuracy, found.ece, found.n) == (BandName.NOT_CALIBRATED, None, None, 0)


ROWS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=MIN_ROWS, max_size=MIN_ROWS + 150)


@settings(max_examples=60)
@given(ROWS)
def test_more_coverage_never_means_less_accuracy(rows: list[tuple[float, bool]]) -> None:
    """No row is lost, no band is small, and the file is accepted again."""
    made = fit(rows, TODAY, "x")
    assert all(lower.accuracy <= upper.accuracy for lower, upper in pairwise(made.bands))
    assert all(band.n >= MIN_IN_BAND for band in made.bands)
    assert sum(band.correct for band in made.bands) == sum(correct for _, correct in rows)
    assert Calibration.from_json(made.to_json()) == made


def test_the_error_is_measured_on_rows_that_were_not_fitted() -> None:
    """Coverage that says nothing has an error above none, though bands fitted to the same rows would have none."""
    chance = random.Random(4)
    rows = [(chance.random(), chance.random() < 0.5) for _ in range(400)]
    made = fit(rows, TODAY, "noise")
    inside = sum(
        abs(
            sum(correct for share, correct in rows if lower.at_least <= share < upper)
            - lower.accuracy * sum(lower.at_least <= share < upper for share, _ in rows)
        )
        for lower, upper in zip(made.bands, [*(band.at_least for band in made.bands[1:]), 2.0], strict=True)
    )
    assert inside < 1e-9
    assert 0.0 < made.ece < 0.3


def test_a_coverage_that_tells_all_has_no_error() -> None:
    """Whichever rows are held out."""
    made = fit([(0.95, True), (0.05, False)] * 200, TODAY, "clear")
    assert made.ece == 0.0
    assert [(band.at_least, band.band) for band in made.bands] == [(0.0, BandName.LOW), (0.9, BandName.HIGH)]
