"""What happened to one patient over the years: one illness, and the days on which it was written about."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from phiward.records.synthetic.cast import Character, Relative
from phiward.records.synthetic.contact import Contact
from phiward.records.synthetic.forms import PRONOUNS, NameForms, years_between
from phiward.records.synthetic.staff import Team
from phiward.records.synthetic.tracks import ALLERGIES, TRACKS, Track

KINDS = ("clinic", "radiology", "admission", "nursing", "discharge", "telephone", "change", "review")
"""The notes of a full story, oldest first: `change` is the visit at which a dose is changed."""

_CHOSEN = {
    3: ("clinic", "telephone", "change"),
    4: ("clinic", "admission", "discharge", "change"),
    5: ("clinic", "radiology", "telephone", "change", "review"),
    6: ("clinic", "admission", "nursing", "discharge", "change", "review"),
    7: ("clinic", "radiology", "admission", "nursing", "discharge", "change", "review"),
    8: KINDS,
}
_WEEKS = {2: "two", 4: "four", 6: "six"}
_LATEST = date(2026, 10, 30)
"""No visit is later than this."""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the notes and resources of one patient are written from.

    `days` says when each kind of note was written; `creatinine` has four values in mg/dL, like the
    values of the track, for the days of clinic, admission, change and review.
    """

    index: int
    who: Character
    contact: Contact
    team: Team
    track: Track
    allergy: tuple[str, str, str]
    days: dict[str, date]
    kinds: tuple[str, ...]
    next_visit: date
    creatinine: tuple[str, str, str, str]
    neighbour: str

    @property
    def name(self) -> NameForms:
        """The patient's name."""
        return self.who.name

    @property
    def relative(self) -> Relative:
        """Whom to call first."""
        return self.who.relatives[0]

    @property
    def pronouns(self) -> tuple[str, str, str]:
        """she, her, her: as subject, possessive and object."""
        return PRONOUNS[self.who.sex]

    @property
    def until_next(self) -> str:
        """From the last note to the next visit, in words: two weeks."""
        weeks = (self.next_visit - max(self.days[kind] for kind in self.kinds)).days // 7
        return f"{_WEEKS[weeks]} weeks"

    @property
    def picture(self) -> str:
        """The examination by image, without its views."""
        return self.track.study.partition(",")[0]

    def age(self, kind: str) -> int:
        """Age in years when this note was written."""
        return years_between(self.who.birth, self.days[kind])

    def measured(self, place: int) -> str:
        """The track's test with its value at one of the four places: BNP 210 pg/mL."""
        joint = "" if self.track.unit == "%" else " "
        return f"{self.track.test} {self.track.values[place]}{joint}{self.track.unit}"


def story(seed: int, index: int, who: Character, reach: Contact, team: Team) -> Story:
    """The story of the patient with this number; the first one has every kind of note.

    She is asked about in the demonstration: her allergy and her next visit are fixed as well.
    """
    rng = random.Random(f"{seed}/story/{index}")  # noqa: S311 - an invented course, no secrets
    track = TRACKS[index % len(TRACKS)]
    base = rng.randrange(8, 13) if "kidney" not in track.diagnosis else rng.randrange(16, 20)
    allergy = rng.choice(ALLERGIES) if index else ALLERGIES[0]
    kinds = _CHOSEN[8 if index == 0 else rng.choice(sorted(_CHOSEN))]
    days = _days(rng)
    return Story(
        index=index,
        who=who,
        contact=reach,
        team=team,
        track=track,
        allergy=allergy,
        days=days,
        kinds=kinds,
        next_visit=max(days[kind] for kind in kinds) + timedelta(weeks=rng.choice(tuple(_WEEKS)) if index else 2),
        creatinine=_tenths(base, base + 5, base + 2, base + 1),
        neighbour=rng.choice(("Odalys Prim", "Casimir Thorne-Mock", "Wilhelmina Sham", "Bertrand Fable")),
    )


def _days(rng: random.Random) -> dict[str, date]:
    """One day for each kind, forwards in time, over three to six years."""
    clinic = date(rng.choice((2020, 2021, 2022)), rng.randrange(1, 13), rng.randrange(1, 29))
    admission = clinic + timedelta(days=rng.randrange(300, 700))
    discharge = admission + timedelta(days=rng.randrange(3, 9))
    change = discharge + timedelta(days=rng.randrange(90, 400))
    days = {
        "clinic": clinic,
        "radiology": admission - timedelta(days=rng.randrange(1, 4)),
        "admission": admission,
        "nursing": admission + timedelta(days=1),
        "discharge": discharge,
        "telephone": discharge + timedelta(days=rng.randrange(2, 12)),
        "change": change,
        "review": change + timedelta(days=rng.randrange(30, 200)),
    }
    assert days["review"] <= _LATEST, "the ranges above end before the latest day"  # noqa: S101 - a contract
    return days


def _tenths(*values: int) -> tuple[str, str, str, str]:
    one, two, three, four = (f"{value // 10}.{value % 10}" for value in values)
    return one, two, three, four
