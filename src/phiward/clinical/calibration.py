"""What an evidence coverage has meant so far, where it was measured: local calibration, or none at all.

A model's own percentage is never shown. Without a calibration of this installation the answer says "not calibrated".
The accuracy never falls with the coverage (isotonic, by pooling adjacent violators: Ayer et al., Ann Math Stat 1955);
the expected calibration error is measured on rows that were not used to fit, each half judged by the other.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from typing import Any

from phiward.domain.errors import ConfigurationError, InvalidRequestError

MIN_ROWS = 100
MIN_IN_BAND = 20
BINS = 10
HIGH, MODERATE = 0.9, 0.7
"""The least expected accuracy of the two upper bands."""
_KEYS = {"bands", "ece", "n", "made_on", "what"}


class BandName(StrEnum):
    """In words, for a reader. The thresholds are HIGH and MODERATE."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    NOT_CALIBRATED = "not calibrated"


@dataclass(frozen=True, slots=True)
class Band:
    """Answers whose coverage is `at_least` this (0 to 1) and below the next band's: `correct` of `n` were right."""

    at_least: float
    n: int
    correct: int

    @property
    def accuracy(self) -> float:
        """Correct of all, 0 to 1."""
        return self.correct / self.n

    @property
    def band(self) -> BandName:
        """Its name."""
        if self.accuracy >= HIGH:
            return BandName.HIGH
        return BandName.MODERATE if self.accuracy >= MODERATE else BandName.LOW


@dataclass(frozen=True, slots=True)
class Calibration:
    """`ece` is the expected calibration error, 0 to 1, over `n` judged answers; `what` says which answers they were."""

    bands: tuple[Band, ...]
    ece: float
    n: int
    made_on: date
    what: str

    def to_json(self) -> str:
        """The form that `from_json` reads."""
        bands = [{"at_least": b.at_least, "band": b.band.value, "n": b.n, "correct": b.correct} for b in self.bands]
        head = {"ece": self.ece, "n": self.n, "made_on": self.made_on.isoformat(), "what": self.what}
        return json.dumps({"bands": bands, **head}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Calibration":
        """Read and validate. Raises ConfigurationError for whatever does not add up; nothing is repaired."""
        try:
            return _checked(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
            raise ConfigurationError("The calibration file does not hold a calibration.", param="calibration") from None


@dataclass(frozen=True, slots=True)
class Confidence:
    """What may be shown: a band, the accuracy expected in it, the error of that expectation, from how many, when."""

    band: BandName
    expected_accuracy: float | None = None
    ece: float | None = None
    n: int = 0
    made_on: date | None = None


def confidence(calibration: Calibration | None, coverage: float | None) -> Confidence:
    """What a coverage means. Raises InvalidRequestError for one that is not between 0 and 1."""
    if calibration is None or coverage is None:
        return Confidence(BandName.NOT_CALIBRATED)
    _require_share(coverage)
    band = [one for one in calibration.bands if one.at_least <= coverage][-1]
    return Confidence(band.band, band.accuracy, calibration.ece, calibration.n, calibration.made_on)


def fit(rows: Iterable[tuple[float, bool]], today: date, what: str) -> Calibration:
    """From judged answers: their coverage, and whether they were correct. `what` names them, up to 200 characters.

    Raises InvalidRequestError for fewer than MIN_ROWS, a coverage outside 0 to 1, or no name.
    """
    judged = list(rows)
    for coverage, _ in judged:
        _require_share(coverage)
    if len(judged) < MIN_ROWS:
        raise InvalidRequestError(f"There are not enough judged answers: at least {MIN_ROWS} are needed.", param="rows")
    if not 0 < len(what.strip()) <= 200:
        raise InvalidRequestError("The calibration needs a name of 1 to 200 characters.", param="what")
    return Calibration(_bands(judged), round(_held_out_error(judged), 4), len(judged), today, what.strip())


def _bands(rows: Sequence[tuple[float, bool]]) -> tuple[Band, ...]:
    """Equal-width bins, merged upwards until each has MIN_IN_BAND rows, then pooled until accuracy never falls.

    A bin without rows belongs to the band below it: what was never seen is not promised more.
    """
    counted = [Band(place / BINS, 0, 0) for place in range(BINS)]
    for coverage, correct in rows:
        place = min(int(coverage * BINS), BINS - 1)
        counted[place] = _joined(counted[place], Band(0, 1, int(correct)))
    merged: list[Band] = []
    for one in (one for one in counted if one.n):
        short = bool(merged) and merged[-1].n < MIN_IN_BAND
        merged[-1:] = [_joined(merged[-1], one)] if short else [*merged[-1:], one]
    if len(merged) > 1 and merged[-1].n < MIN_IN_BAND:
        merged[-2:] = [_joined(*merged[-2:])]
    merged[0] = Band(0.0, merged[0].n, merged[0].correct)
    pooled: list[Band] = []
    for one in merged:
        pooled.append(one)
        while len(pooled) > 1 and pooled[-2].accuracy > pooled[-1].accuracy:
            pooled[-2:] = [_joined(*pooled[-2:])]
    return tuple(pooled)


def _joined(lower: Band, upper: Band) -> Band:
    return Band(lower.at_least, lower.n + upper.n, lower.correct + upper.correct)


def _held_out_error(rows: Sequence[tuple[float, bool]]) -> float:
    """Each half is judged by the bands of the other; which row is in which half depends on its place alone."""
    halves: tuple[list[tuple[float, bool]], ...] = ([], [])
    for place, row in enumerate(rows):
        halves[sha256(str(place).encode()).digest()[0] % 2].append(row)
    return sum(_error(_bands(halves[1 - side]), halves[side]) * len(halves[side]) for side in (0, 1)) / len(rows)


def _error(bands: tuple[Band, ...], rows: Sequence[tuple[float, bool]]) -> float:
    """The gap between expected and found accuracy, each band weighted by its rows."""
    gap = 0.0
    for place, band in enumerate(bands):
        above = bands[place + 1].at_least if place + 1 < len(bands) else math.inf
        inside = [correct for coverage, correct in rows if band.at_least <= coverage < above]
        gap += abs(sum(inside) - band.accuracy * len(inside))
    return gap / len(rows)


def _require_share(coverage: float) -> None:
    if not 0.0 <= coverage <= 1.0:  # also refuses what is not a number
        raise InvalidRequestError("A coverage is between 0 and 1.", param="coverage")


def _checked(read: Any) -> Calibration:
    """Raises ValueError, TypeError or KeyError."""
    if set(read) != _KEYS or not isinstance(read["what"], str) or not 0 < len(read["what"]) <= 200:
        raise ValueError("keys")
    bands = tuple(Band(float(b["at_least"]), _count(b["n"]), _count(b["correct"])) for b in read["bands"])
    named = [BandName(b["band"]) for b in read["bands"]]
    made = Calibration(bands, float(read["ece"]), _count(read["n"]), date.fromisoformat(read["made_on"]), read["what"])
    rising = all(a.at_least < b.at_least and a.accuracy <= b.accuracy for a, b in pairwise(bands))
    counted = all(b.n >= MIN_IN_BAND and 0 <= b.correct <= b.n for b in bands) and sum(b.n for b in bands) == made.n
    if not (bands and bands[0].at_least == 0.0 and bands[-1].at_least <= 1.0 and rising and counted):
        raise ValueError("bands")
    if named != [b.band for b in bands] or not 0.0 <= made.ece <= 1.0 or made.n < MIN_ROWS:
        raise ValueError("figures")
    return made


def _count(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("count")
    return value
