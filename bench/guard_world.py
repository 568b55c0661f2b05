"""A hospital's patients for the guard's benches and tests: invented, with all that makes names hard to check.

Families share surname, address and telephone, twins a birth and all but a given name, namesakes a whole name, and
some names are words ("Will Grace", "May Day"). Given the public name tables of ../shared/data the names are drawn from
them by their counts; without, from syllables.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from uuid import UUID

from phiward.domain.known import known_identifiers
from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef
from phiward.guard.index import KnownIndex, Row
from phiward.guard.ports import Mac

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
WORD_GIVEN = ("Will", "May", "Grace", "Hope", "Mark", "Rose", "Dawn", "Faith", "Art", "Drew", "Rich", "Bill", "Pat")
WORD_FAMILY = ("Grace", "Day", "Young", "Long", "Brown", "Small", "Best", "Love", "Rice", "Burns", "Payne", "Chest")
ONSETS = ("b", "br", "c", "d", "dr", "f", "g", "h", "k", "l", "m", "n", "p", "qu", "r", "s", "t", "th", "v", "w", "z")
MIDDLES = ("a", "e", "i", "o", "u", "ai", "ea", "ie", "ou")
ENDS = ("n", "r", "l", "s", "th", "nd", "rk", "ll", "ck", "")


@dataclass(frozen=True, slots=True)
class Names:
    """Given names and surnames, each with the sums of their counts so far."""

    given: list[str]
    given_sums: list[int]
    family: list[str]
    family_sums: list[int]


def public_names() -> Names | None:
    """The name tables of ../shared/data, or None where they are absent."""
    tables = SHARED / "names" / "us_ssa_first_names.csv", SHARED / "names" / "us_census_2010_last_names.csv"
    if not all(path.exists() for path in tables):
        return None
    with tables[0].open(encoding="utf-8") as file:
        given = [(row[0], int(row[2])) for row in csv.reader(file) if row[2].isdigit()]
    with tables[1].open(encoding="utf-8") as file:
        family = [(row[0], int(row[1])) for row in csv.reader(file) if row[1].isdigit()]
    return _named(given[:5000], family[:50_000])


def made_up_names(chance: Random, count: int = 3000) -> Names:
    """Names of syllables that nobody bears."""
    given = sorted({_syllables(chance, 2) for _ in range(count)})
    family = sorted({_syllables(chance, 2 + chance.randrange(2)) for _ in range(4 * count)})
    return _named([(one, 1) for one in given], [(one, 1) for one in family])


def _named(given: list[tuple[str, int]], family: list[tuple[str, int]]) -> Names:
    return Names(
        [name for name, _ in given],
        list(accumulate(count for _, count in given)),
        [name for name, _ in family],
        list(accumulate(count for _, count in family)),
    )


def _syllables(chance: Random, count: int) -> str:
    parts = [chance.choice(ONSETS) + chance.choice(MIDDLES) + chance.choice(ENDS) for _ in range(count)]
    return "".join(parts).capitalize()


def population(count: int, seed: int = 7, names: Names | None = None) -> Iterator[KnownPatient]:
    """`count` patients in households of one to five: about 12 known identifiers each."""
    chance = Random(seed)  # noqa: S311 - no secret
    names = names or made_up_names(chance)
    number, last = 0, ("", "", "")
    while number < count:
        family = chance.choices(names.family, cum_weights=names.family_sums)[0]
        if chance.random() < 0.04:
            family = chance.choice(WORD_FAMILY)
        elif chance.random() < 0.03:
            family = f"{family}-{chance.choices(names.family, cum_weights=names.family_sums)[0]}"
        phone = f"{chance.randrange(201, 989)}{chance.randrange(2_000_000, 9_999_999)}"
        for _ in range(min(count - number, chance.choice((1, 1, 2, 3, 5)))):
            given, middle = chance.choices(names.given, cum_weights=names.given_sums, k=2)
            if chance.random() < 0.04:
                given = chance.choice(WORD_GIVEN)
            if chance.random() < 0.02 and last[0]:
                given, middle, family = last  # a namesake
            last = given, middle, family
            yield _patient(number, (given, middle, family), phone, chance)
            number += 1


def _patient(number: int, name: tuple[str, str, str], phone: str, chance: Random) -> KnownPatient:
    given, middle, family = name
    kind, digits = IdentifierKind, chance.randrange(10**9)
    mail = f"{given}.{family}{number % 97}@example.org".lower().replace("'", "")
    identifiers = (
        Identifier(kind.FULL_NAME, f"{given} {middle} {family}"),
        Identifier(kind.GIVEN, given),
        Identifier(kind.GIVEN, middle),
        Identifier(kind.FAMILY, family),
        Identifier(kind.MRN, f"{40_000_000 + 7 * number}"),
        Identifier(kind.OTHER_ID, f"MB{digits // 3:09d}"),
        Identifier(kind.SSN, f"9{digits % 100:02d}-{digits // 100 % 100:02d}-{digits % 10_000:04d}"),
        Identifier(kind.PHONE, f"({phone[:3]}) {phone[3:6]}-{phone[6:]}"),
        Identifier(
            kind.PHONE, f"{chance.randrange(201, 989)}-{chance.randrange(200, 999)}-{chance.randrange(10_000):04d}"
        ),
        Identifier(kind.EMAIL, mail),
    )
    return KnownPatient(PatientRef(UUID(int=number + 1)), 1, identifiers)


def rows_of(patients: Iterator[KnownPatient], mac: Mac) -> Iterator[Row]:
    """As the table known_identifier has them."""
    for patient in patients:
        for phrase in known_identifiers(patient):
            first = mac.digest(None, "word", phrase.words[0])
            whole = mac.digest(None, f"whole:{phrase.kind_class}", " ".join(phrase.words))
            yield (
                patient.patient,
                phrase.kind_class,
                len(phrase.words),
                int.from_bytes(first[:8], "big", signed=True),
                int.from_bytes(whole[:8], "big", signed=True),
            )


def index_for(patients: Iterator[KnownPatient], mac: Mac) -> KnownIndex:
    """The index of these patients."""
    return KnownIndex(1, rows_of(patients, mac), mac)


def clean_notes(count: int) -> list[str]:
    """The first full notes of the carriers; none where they are absent."""
    notes = []
    for path in sorted((SHARED / "carriers").glob("aci_bench_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            notes += [row["note"] for row in csv.DictReader(file)]
    for path in sorted((SHARED / "carriers").glob("mts_dialog_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            texts = [row["section_text"] for row in csv.DictReader(file)]
            notes += sorted(texts, key=len, reverse=True)[:200]
    return notes[:count]
