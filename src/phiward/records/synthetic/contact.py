"""Numbers and addresses that belong to nobody.

Telephone numbers end in 555-01xx, which is kept free for fiction; e-mail addresses stand under
example.org (RFC 2606); social security numbers have area 000 or 9xx with a group below 50, which were
never given out, not even as taxpayer numbers; no state numbers a driver's license X000; cities and
streets are invented.
"""

import random
from dataclasses import dataclass

from phiward.records.synthetic.cast import Character

_AREAS = ("217", "309", "312", "618", "630", "708", "773", "779", "815", "847", "872", "331", "224", "447", "464")
_LINES_OF_AN_AREA = 100
_PHONES_OF_A_PATIENT = 3
_LICENSED_EVERY = 3
_STREETS = (
    "Sample Street",
    "Testfield Road",
    "Mockingwood Lane",
    "Placeholder Avenue",
    "Fictive Court",
    "Nowhere Drive",
)
_CITIES = (("Sampleton", "62796"), ("Mockton", "62797"), ("Port Imaginary", "62798"), ("Fairwater Falls", "62799"))
_EMPLOYERS = ("Mockton Paper Mill", "Sampleton Public Library", "Fairwater Ferry Company", "Imaginary Tile Works")
_FIRST_MRN = 40017723
"""Of the patient of the demonstration and of the README."""


@dataclass(frozen=True, slots=True)
class Contact:
    """`mrn` has eight digits; telephones are written (312) 555-0147; `license` is empty for who has none."""

    mrn: str
    ssn: str
    account: str
    plan: str
    home: str
    mobile: str
    relative_phone: str
    email: str
    street: str
    city: str
    zip_code: str
    employer: str
    license: str


def contact(seed: int, index: int, who: Character) -> Contact:
    """How to reach the patient with this number, and by which numbers he is known."""
    own = random.Random(f"{seed}/contact/{index}")  # noqa: S311 - invented numbers, no secrets
    house = random.Random(f"{seed}/house/{who.household or index}")  # noqa: S311 - as above
    city, zip_code = house.choice(_CITIES)
    street = f"{house.randrange(10, 990)} {house.choice(_STREETS)}"
    home = _phone(house.randrange(4 * _LINES_OF_AN_AREA)) if who.household else _phone_of(index, 0)
    return Contact(
        mrn=str(_FIRST_MRN + index * 10_007 + (seed % 97 if index else 0)),
        ssn=f"{own.choice(('000', f'9{own.randrange(100):02}'))}-{own.randrange(1, 50):02}-{own.randrange(1, 9999):04}",
        account=f"AC-{own.randrange(10**6, 10**7)}",
        plan=f"XMP{own.randrange(10**8, 10**9)}",
        home=home,
        mobile=_phone_of(index, 1),
        relative_phone=_phone_of(index, 2),
        email=f"{_plain(who.name.given)}.{_plain(who.name.family)}{index + 1}@example.org",
        street=street,
        city=city,
        zip_code=zip_code,
        employer=own.choice(_EMPLOYERS),
        license=f"X000-{index:04}-{own.randrange(10**4):04}" if index % _LICENSED_EVERY == 1 else "",
    )


def _phone_of(index: int, which: int) -> str:
    """Three of each patient; the first four area codes are kept for households."""
    return _phone(4 * _LINES_OF_AN_AREA + index * _PHONES_OF_A_PATIENT + which)


def _phone(number: int) -> str:
    area, line = divmod(number, _LINES_OF_AN_AREA)
    return f"({_AREAS[area % len(_AREAS)]}) 555-01{line:02}"


def _plain(name: str) -> str:
    """The ASCII letters, for an e-mail address."""
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha()) or "x"
