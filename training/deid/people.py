"""(A) People: names of every group, real, rare and made up, in every form in which charts write them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from training.deid.lists import Lists

CREDENTIALS = (
    "MD", "M.D.", "DO", "D.O.", "RN", "R.N.", "NP", "PA-C", "PA", "PharmD", "LCSW", "PhD", "Ph.D.", "DPM", "RPh", "LPN",
    "CRNA", "FNP-BC", "APRN", "DNP", "MBBS", "FRCP", "FACS", "MD, PhD", "MD, FACC", "BSN, RN", "DDS", "DMD", "PsyD", "PT",
    "DPT", "OTR/L", "RD", "MSW", "CNM", "RRT", "CNA", "MA", "EMT-P", "AuD", "OD", "MD MPH",
)  # fmt: skip
DR = ("Dr. ", "Dr ", "Dr. ", "Dr. ", "dr ", "dr. ", "DR. ", "DR ", "Doctor ", "Prof. ", "Prof ", "Dr.")
TITLES_F = (
    "Mrs. ",
    "Ms. ",
    "Mrs ",
    "Ms ",
    "Miss ",
    "MRS. ",
    "mrs ",
    "ms. ",
    "Sister ",
    "Sra. ",
    "Mme ",
    "Aunt ",
    "Auntie ",
)
TITLES_M = (
    "Mr. ",
    "Mr ",
    "Mr. ",
    "MR. ",
    "mr ",
    "mr. ",
    "Sr. ",
    "Uncle ",
    "Rev. ",
    "Sgt. ",
    "Father ",
    "Capt. ",
    "Lt. ",
)


class Markov:
    """Letters by the three before them: words that nobody bears or sells, which only their place in the text gives away."""

    def __init__(self, names: Sequence[str]) -> None:
        self._next: dict[str, list[str]] = defaultdict(list)
        for name in names:
            text = f"^^^{name.lower()}$"
            for place in range(3, len(text)):
                self._next[text[place - 3 : place]].append(text[place])

    def draw(self, rng: Random) -> str:
        """A made-up name of 3 to 14 letters, with a capital."""
        while True:
            text = "^^^"
            while not text.endswith("$") and len(text) < 19:
                text += rng.choice(self._next[text[-3:]])
            name = text[3:].rstrip("$")
            if 3 <= len(name) <= 14:
                return "-".join(part.capitalize() for part in name.split("-"))


@dataclass(frozen=True)
class Person:
    """One invented person of one document."""

    given: str
    middle: str
    family: str
    nick: str
    female: bool
    credential: str


class People:
    """Draws persons and writes their names."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        rng = Random(7)
        self._given = Markov(rng.sample(lists.given_tail, min(9000, len(lists.given_tail))))
        self._family = Markov(rng.sample(lists.family_tail, min(30000, len(lists.family_tail))))

    def draw(self, rng: Random) -> Person:
        """A person; given and family name mostly of one origin."""
        given, family = self._names(rng)
        roll = rng.random()
        if roll < 0.05:
            family += rng.choice(("-", "-", " ")) + self._names(rng)[1]
        elif roll < 0.08:
            given += rng.choice(("-", " ")) + self._names(rng)[0]
        return Person(
            given=given,
            middle=self._names(rng)[0] if rng.random() < 0.3 else rng.choice("ABCDEFGHJKLMNPRSTW"),
            family=family,
            nick=self._lists.pick(rng, "people/nicknames")
            if rng.random() < 0.6
            else given[: rng.randint(3, 5)].strip(),
            female=rng.random() < 0.5,
            credential=rng.choice(CREDENTIALS),
        )

    def _names(self, rng: Random) -> tuple[str, str]:
        lists, roll = self._lists, rng.random()
        if roll < 0.34:
            return lists.given.draw(rng), lists.family.draw(rng)
        if roll < 0.66:
            given, family = rng.choice(lists.groups)
            other = rng.choice(lists.groups) if rng.random() < 0.15 else (given, family)
            return rng.choice(given), rng.choice(other[1])
        if roll < 0.80:
            return rng.choice(lists.given_tail), rng.choice(lists.family_tail)
        if roll < 0.89:
            words = lists.words["people/word_names"]
            return (
                rng.choice(words) if rng.random() < 0.5 else lists.given.draw(rng),
                rng.choice(words) if rng.random() < 0.6 else lists.family.draw(rng),
            )
        return (
            self._given.draw(rng) if rng.random() < 0.6 else lists.given.draw(rng),
            self._family.draw(rng) if rng.random() < 0.7 else lists.family.draw(rng),
        )

    def write(self, rng: Random, person: Person, form: str, role: str) -> str:
        """The name in `form`, as the brief of the templates lists them; an empty form draws a natural one."""
        form = form or self._natural(rng, role)
        given, middle, family = person.given, person.middle, person.family
        if rng.random() < 0.012:
            family = _misspelt(rng, family)
        full = f"{given} {family}"
        if rng.random() < 0.2:
            full = f"{given} {middle[0]}{rng.choice(('.', '.', ''))} {family}"
        elif rng.random() < 0.06 and len(middle) > 1:
            full = f"{given} {middle} {family}"
        if rng.random() < 0.025:
            full += rng.choice((", Jr.", " Jr", " III", " Sr.", " II", ", Sr"))
        if rng.random() < 0.02:
            full = f"{given} {rng.choice(chr(34) + '(')}{person.nick}{chr(34)} {family}".replace(
                "(" + person.nick + chr(34), f"({person.nick})"
            )
        titles = TITLES_F if person.female else TITLES_M
        upper = family.upper(), given.upper()
        return {
            "full": full,
            "first": given,
            "last": family,
            "lf": rng.choice((
                f"{family}, {given}", f"{family}, {given} {middle[0]}", f"{family}, {given} {middle[0]}.", f"{upper[0]}, {upper[1]}",
                f"{upper[0]}, {given}", f"{upper[0]},{upper[1]} {middle[0]}", f"{family},{given}", f"{upper[0]} {given}",
            )),
            "title": rng.choice(titles) + (family if rng.random() < 0.85 else full),
            "init": rng.choice((f"{given[0]}.{family[0]}.", f"{given[0]}{family[0]}", f"{given[0]}. {family[0]}.", f"{given[0]}.{middle[0]}.{family[0]}.", f"{given[0]}{middle[0].upper()}{family[0]}", f"{given[0]}.{family[0]}")),
            "nick": person.nick.capitalize() if person.nick.islower() else person.nick,
            "fi": f"{given[0]}{rng.choice(('. ', ' ', '.'))}{family}",
            "flast1": f"{given} {family[0]}{rng.choice(('.', '.', ''))}",
            "cred": full + rng.choice((", ", " ", ", ")) + "\0" + person.credential,
            "drlast": rng.choice(DR) + (family if rng.random() < 0.8 else full),
            "lower": rng.choice((full, full, f"{given} {family}", f"{family}", given)).lower(),
            "upper": rng.choice((full, f"{given} {family}", f"{family}, {given}")).upper(),
        }.get(form, full)  # fmt: skip

    @staticmethod
    def _natural(rng: Random, role: str) -> str:
        if role == "dr":
            return rng.choice(("full", "drlast", "drlast", "drlast", "cred", "cred", "lf", "fi", "last"))
        if role == "patient":
            return rng.choice(
                ("full", "full", "full", "lf", "title", "title", "first", "last", "upper", "flast1", "fi")
            )
        return rng.choice(("full", "full", "full", "first", "first", "title", "nick", "lf"))


def _misspelt(rng: Random, name: str) -> str:
    if len(name) < 5:
        return name
    place = rng.randrange(1, len(name) - 2)
    if rng.random() < 0.5:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name[:place] + name[place + 1 :]
