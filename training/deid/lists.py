"""The word lists of the generator, and the public name and place tables of `shared/data`."""

import csv
import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
WORDS = HERE / "words"


def read_lines(path: Path) -> list[str]:
    """The entries of one list: one a line, `#!` begins a comment. Raises FileNotFoundError."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith("#!")))


@dataclass(frozen=True)
class Weighted:
    """Entries drawn with a weight each."""

    entries: Sequence[str]
    sums: Sequence[float]

    @classmethod
    def of(cls, rows: Sequence[tuple[str, float]]) -> "Weighted":
        """From pairs of entry and weight."""
        return cls([entry for entry, _ in rows], list(accumulate(weight for _, weight in rows)))

    def draw(self, rng: Random) -> str:
        """One entry."""
        return self.entries[bisect(self.sums, rng.random() * self.sums[-1])]


@dataclass(frozen=True)
class Hospital:
    """One row of the CMS table: names and places in capitals, as published."""

    name: str
    street: str
    city: str
    state: str
    zip: str
    county: str


@dataclass(frozen=True)
class Lists:
    """All that the generator draws from. Made by `load`."""

    given: Weighted
    family: Weighted
    given_tail: Sequence[str]
    family_tail: Sequence[str]
    groups: Sequence[tuple[Sequence[str], Sequence[str]]]
    hospitals: Sequence[Hospital]
    words: dict[str, Sequence[str]] = field(default_factory=dict)

    def pick(self, rng: Random, name: str) -> str:
        """One line of the list `name`, such as `clean/drugs`."""
        return rng.choice(self.words[name])


def _table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def load(data: Path) -> Lists:
    """Read everything once. `data` is the folder `shared/data`. Raises FileNotFoundError."""
    family = [
        (row[0], float(row[1]))
        for row in _table(data / "names/us_census_2010_last_names.csv")[1:]
        if len(row) > 1 and row[0].strip()
    ]
    given = [
        (row[0], float(row[2]))
        for row in _table(data / "names/us_ssa_first_names.csv")
        if len(row) > 2 and row[0].strip() and row[2].isdigit()
    ]
    hospitals = [Hospital(*row[:6]) for row in _table(data / "places/us_cms_hospitals.csv")[1:]]
    words = {str(path.relative_to(WORDS).with_suffix("")): read_lines(path) for path in sorted(WORDS.rglob("*.txt"))}
    people = sorted(key for key in words if key.startswith("people/") and key.endswith(".given"))
    groups = [(words[key], words[key.replace(".given", ".family")]) for key in people]
    return Lists(
        given=Weighted.of([(name, math.sqrt(count)) for name, count in given]),
        family=Weighted.of([(name, math.sqrt(count)) for name, count in family]),
        given_tail=[name for name, _ in given],
        family_tail=[name for name, _ in family],
        groups=groups,
        hospitals=hospitals,
        words=words,
    )
