"""Fills templates: every slot becomes a text with a label, or an ordinary word without one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from training.deid import codes, dates
from training.deid.invented import Invented
from training.deid.lists import Lists
from training.deid.people import People, Person
from training.deid.places import Places
from training.deid.templates import Slot, Template, choose

LABELS = ("O", "NAME", "PLACE", "ORG", "DATE", "AGE", "CODE")
"""What the tagger tells apart; O is everything that may stay."""

ROLES = frozenset({"patient", "dr", "rel", "person"})
CLEAN = {
    "drug": "clean/drugs", "brand": "clean/brands", "dx": "clean/diagnoses", "eponym": "clean/eponyms", "symptom": "clean/symptoms", "proc": "clean/procedures",
    "imaging": "clean/imaging", "specialty": "clean/specialties", "allergy": "clean/allergies", "organism": "clean/organisms", "study": "clean/studies", "bodypart": "clean/bodyparts",
    "job": "clean/jobs", "insurer": "clean/insurers", "unit": "clean/units", "room": "clean/units", "abbr": "clean/abbreviations", "safe": "clean/capitalised", "score": "clean/scores", "lab": "clean/labs",
}  # fmt: skip
ORGANISATIONS = {
    "hospital": "hospital",
    "clinic": "clinic",
    "nursinghome": "nursinghome",
    "employer": "employer",
    "school": "school",
    "church": "church",
    "shelter": "shelter",
    "localpharmacy": "pharmacy",
}
_TITLE = re.compile(
    r"(?<![\w.])(?:dr|mr|mrs|ms|miss|prof|doctor|professor|rev|sgt|sr|sra|mx|capt|lt|judge|sister|father|nurse)\.? ?$",
    re.IGNORECASE,
)
_NURSE = re.compile(r"(?:sister|father|nurse|judge) ?$")
_JOIN = re.compile(r"^(?:,? ?|, |\s*\n\s*,?\s*|, ?\n ?| - )$")


@dataclass(frozen=True)
class Piece:
    """A stretch of text with its label."""

    text: str
    label: str = "O"


class Filler:
    """Writes one document from one template."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.people = People(lists)
        self.places = Places(lists)
        self.invented = Invented(lists)
        self._dates: dict[str, Callable[[Random], str]] = {
            "date": dates.full, "dob": dates.full, "md": dates.month_day, "my": dates.month_year, "month": dates.month, "daterange": dates.day_range,
            "holiday": lambda rng: rng.choice(dates.HOLIDAYS),
        }  # fmt: skip
        self._places: dict[str, Callable[[Random], str]] = {
            "street": self.places.street, "city": self.places.city, "county": self.places.county, "citystate": self.places.citystate, "zip": self.places.zip, "address": self.places.address,
            "addressml": lambda rng: self.places.address(rng, "\n"), "place": self.places.place, "fcity": self.places.foreign_city,
        }  # fmt: skip
        self._kept: dict[str, Callable[[Random], str]] = {
            "time": dates.time, "year": dates.year, "age": dates.age, "ageyo": dates.age_years_old,
            "weekday": lambda rng: rng.choice(dates.WEEKDAYS) if rng.random() < 0.8 else rng.choice(dates.WEEKDAYS)[:3], "num": lambda rng: str(rng.randrange(1, 60)),
            "dose": _dose, "vitals": _vitals, "labs": self._labs,
        }  # fmt: skip

    def fill(self, template: Template, rng: Random) -> list[Piece]:
        """The document as pieces. Raises KeyError with the name of an unknown slot."""
        cast: dict[str, Person] = {}
        same: dict[str, str] = {}
        pieces: list[Piece] = []
        for part in choose(template.parts, rng):
            if isinstance(part, str):
                pieces.append(Piece(part))
            elif part.name in ROLES:
                person = cast.setdefault(part.key, self.people.draw(rng))
                name, _, credential = self.people.write(rng, person, part.form, part.name).partition("\0")
                pieces.append(Piece(name, "NAME"))
                if credential:
                    name, comma = (name[:-2], ", ") if name.endswith(", ") else (name.rstrip(), " ")
                    pieces[-1:] = [Piece(name, "NAME"), Piece(comma + credential)]
            else:
                pieces.append(self._slot(part, rng, cast, same))
        return _joined(_titled(pieces))

    def _slot(self, slot: Slot, rng: Random, cast: dict[str, Person], same: dict[str, str]) -> Piece:
        name = slot.name
        if name in ORGANISATIONS or name == "org":
            kind = ORGANISATIONS[name] if name != "org" else rng.choice(tuple(ORGANISATIONS.values()))
            text = same.setdefault(slot.key, self.places.organisation(rng, kind))
            return Piece(text, "ORG")
        if name in self._places:
            return Piece(
                same.setdefault(slot.key, self._places[name](rng))
                if slot.key in ("city", "place")
                else self._places[name](rng),
                "PLACE",
            )
        if name in self._dates:
            return Piece(self._dates[name](rng), "DATE")
        if name == "age90":
            return Piece(dates.age_90(rng), "AGE")
        if name in codes.MAKERS:
            return Piece(
                same.setdefault(slot.key, codes.MAKERS[name](rng))
                if name in ("mrn", "ssn")
                else codes.MAKERS[name](rng),
                "CODE",
            )
        if name in ("email", "url", "handle"):
            return Piece(self._net(name, rng, cast), "CODE")
        if name in ("state", "country"):
            return Piece(
                self.places.state(rng) if name == "state" else self.lists.pick(rng, "places/countries"), "REGION"
            )
        if name in self._kept:
            return Piece(self._kept[name](rng))
        if rng.random() < 0.3 and name in self.invented.makers:
            return Piece(self.invented.makers[name](rng))
        return Piece(self.lists.pick(rng, CLEAN[name]))

    def _net(self, name: str, rng: Random, cast: dict[str, Person]) -> str:
        person = rng.choice(tuple(cast.values())) if cast and rng.random() < 0.7 else self.people.draw(rng)
        user = codes.user(rng, person.given, person.family)
        if name == "handle":
            return rng.choice(("@", "@", "")) + user
        domain = rng.choice(codes.DOMAINS)
        if name == "email":
            return f"{user}@{domain}"
        return rng.choice(
            (
                f"https://{domain}/p/{user}",
                f"https://portal.{domain}/chart?mrn={codes.digits(rng, 7)}",
                f"www.{domain}/{user}",
                f"http://{domain}/id/{codes.digits(rng, 6)}",
                f"https://{domain}/r/{codes.code(rng)}",
            )
        )

    def _labs(self, rng: Random) -> str:
        return rng.choice((", ", "; ", " ", "\n")).join(
            rng.choice(self.lists.words["clean/labs"]) for _ in range(rng.randint(2, 5))
        )


def _dose(rng: Random) -> str:
    amount = rng.choice(
        (
            0.25,
            0.5,
            1,
            2,
            2.5,
            4,
            5,
            7.5,
            10,
            12.5,
            20,
            25,
            30,
            40,
            50,
            75,
            81,
            100,
            125,
            250,
            325,
            500,
            600,
            750,
            800,
            1000,
        )
    )
    return f"{amount:g}{rng.choice((' ', ' ', ''))}{rng.choice(('mg', 'mg', 'mcg', 'g', 'mL', 'units', 'mEq', 'tabs', 'puffs'))} {rng.choice(('PO', 'po', 'IV', 'SQ', 'IM', 'SL', 'PR', 'topically', ''))} {rng.choice(('daily', 'BID', 'TID', 'q6h', 'q8h PRN', 'qhs', 'once', 'bid', 'weekly', 'QID', 'nightly', 'x 7 days', 'every 4 hours as needed'))}".replace(
        "  ", " "
    )


def _vitals(rng: Random) -> str:
    bp = f"{rng.randrange(80, 200)}/{rng.randrange(40, 110)}"
    return rng.choice((
        f"BP {bp}, HR {rng.randrange(45, 140)}, RR {rng.randrange(10, 34)}, T {rng.randrange(96, 104)}.{rng.randrange(10)}, SpO2 {rng.randrange(82, 100)}% RA", f"VS: {bp} - {rng.randrange(50, 130)} - {rng.randrange(12, 30)} - {rng.randrange(36, 40)}.{rng.randrange(10)}", f"T{rng.randrange(36, 40)}.{rng.randrange(10)} P{rng.randrange(50, 130)} BP{bp} Sat {rng.randrange(85, 100)}%",
        f"afebrile, BP {bp}, pulse {rng.randrange(50, 120)}", f"Wt {rng.randrange(40, 140)}.{rng.randrange(10)} kg, Ht {rng.randrange(140, 200)} cm, BMI {rng.randrange(17, 50)}.{rng.randrange(10)}",
    ))  # fmt: skip


def _titled(pieces: list[Piece]) -> list[Piece]:
    """A title that stands literally before a name belongs to the name."""
    done: list[Piece] = []
    for piece in pieces:
        if (
            piece.label == "NAME"
            and done
            and done[-1].label == "O"
            and (title := _TITLE.search(done[-1].text))
            and not _NURSE.search(title.group())
        ):
            before = done.pop().text
            done += [Piece(before[: title.start()]), Piece(title.group() + piece.text, "NAME")]
        else:
            done.append(piece)
    return done


def _joined(pieces: list[Piece]) -> list[Piece]:
    """A state, country or ZIP right behind a city or street, and what parts them, belong to the place."""
    done: list[Piece] = []
    for piece in pieces:
        if (
            piece.label in ("PLACE", "REGION")
            and len(done) >= 2
            and done[-2].label == "PLACE"
            and done[-1].label == "O"
            and _JOIN.match(done[-1].text)
        ):
            gap = done.pop().text
            done[-1] = Piece(done[-1].text + gap + piece.text, "PLACE")
        else:
            done.append(piece)
    return [Piece(piece.text) if piece.label == "REGION" else piece for piece in done]
