"""(D) to (R) except faces: telephones, addresses on the net, numbers and codes, in the forms of many houses."""

import string
from collections.abc import Callable
from random import Random

DOMAINS = (
    "example.com",
    "example.org",
    "mail.example",
    "clinic.example",
    "hospital.example.org",
    "gmail.com",
    "yahoo.com",
    "outlook.com",
    "health.example.net",
    "icloud.com",
    "aol.com",
    "hotmail.com",
)


def digits(rng: Random, count: int) -> str:
    """That many digits, the first not zero."""
    return str(rng.randrange(1, 10)) + "".join(rng.choice(string.digits) for _ in range(count - 1))


def letters(rng: Random, count: int) -> str:
    """That many capitals."""
    return "".join(rng.choice(string.ascii_uppercase) for _ in range(count))


def phone(rng: Random) -> str:
    """A telephone number, mostly of ten digits."""
    a, b, c = str(rng.randrange(201, 990)), f"{rng.randrange(200, 1000):03d}", f"{rng.randrange(10000):04d}"
    text = rng.choice((
        f"{a}-{b}-{c}", f"({a}) {b}-{c}", f"({a}){b}-{c}", f"{a}.{b}.{c}", f"{a} {b} {c}", f"+1 {a} {b} {c}", f"1-{a}-{b}-{c}", f"{a}{b}{c}", f"+1-{a}-{b}-{c}", f"{b}-{c}", f"{a}/{b}-{c}", f"({a}) {b} {c}",
        f"+44 20 {digits(rng, 4)} {c}", f"+91 {digits(rng, 5)} {digits(rng, 5)}", f"0{digits(rng, 4)} {digits(rng, 6)}", f"+{rng.randrange(30, 99)} {digits(rng, 3)} {digits(rng, 3)} {digits(rng, 4)}", f"0{digits(rng, 1)} {digits(rng, 4)} {digits(rng, 4)}",
    ))  # fmt: skip
    return (
        text + rng.choice((" x", " ext ", " ext. ", "x")) + digits(rng, rng.randrange(2, 6))
        if rng.random() < 0.07
        else text
    )


def user(rng: Random, given: str, family: str) -> str:
    """A user name made of a name."""
    given, family = (part.lower().replace(" ", "").replace("'", "") for part in (given, family))
    return rng.choice(
        (
            f"{given}.{family}",
            f"{given[0]}{family}",
            f"{given}{rng.randrange(1, 99)}",
            f"{family}{given[0]}",
            f"{given}_{family}",
            f"{given}{family}{rng.randrange(40, 2010)}",
        )
    )


def mrn(rng: Random) -> str:
    """A record number of one house or another."""
    return rng.choice((
        digits(rng, rng.randrange(5, 11)), digits(rng, 7), f"{digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 3)}", f"{rng.choice(('MRN', 'M', 'E', 'H', 'HN', 'UH', 'P', 'A'))}{digits(rng, rng.randrange(5, 9))}", f"00{digits(rng, 6)}",
        f"{letters(rng, 2)}-{digits(rng, 5)}", f"{digits(rng, 4)}-{digits(rng, 4)}", f"{digits(rng, 6)}{rng.choice('ABCXZ')}", f"{digits(rng, 3)} {digits(rng, 3)} {digits(rng, 4)}", f"MR-{digits(rng, 6)}",
    ))  # fmt: skip


def code(rng: Random) -> str:
    """Any other unique code."""
    return rng.choice((
        f"{letters(rng, 2)}{digits(rng, 6)}", f"{letters(rng, 3)}-{digits(rng, 4)}", f"{digits(rng, 4)}{letters(rng, 2)}{digits(rng, 3)}", f"{rng.randrange(20, 27)}-{digits(rng, 5)}", f"#{digits(rng, 6)}", f"S{rng.randrange(20, 27)}-{digits(rng, 4)}",
        f"{letters(rng, 1)}{digits(rng, 2)}-{digits(rng, 6)}", f"{letters(rng, 4)}{digits(rng, 8)}", f"{digits(rng, 12)}", f"{letters(rng, 1)}{digits(rng, 8)}", "-".join("".join(rng.choice("0123456789abcdef") for _ in range(size)) for size in (8, 4, 4, 4, 12)),
        f"{letters(rng, 2)}-{rng.randrange(2019, 2027)}-{digits(rng, 4)}", f"{letters(rng, 3)}{digits(rng, 3)}{letters(rng, 2)}",
    ))  # fmt: skip


def _ssn(rng: Random) -> str:
    a, b, c = f"{rng.randrange(1, 899):03d}", f"{rng.randrange(1, 99):02d}", f"{rng.randrange(1, 9999):04d}"
    return rng.choice(
        (f"{a}-{b}-{c}", f"{a}-{b}-{c}", f"{a} {b} {c}", f"{a}{b}{c}", f"xxx-xx-{c}", f"***-**-{c}", f"{a}.{b}.{c}")
    )


def _ip(rng: Random) -> str:
    if rng.random() < 0.15:
        return ":".join(f"{rng.randrange(65536):x}" for _ in range(8))
    return ".".join(str(rng.randrange(1, 255)) for _ in range(4))


def _plate(rng: Random) -> str:
    return rng.choice(
        (
            f"{letters(rng, 3)}-{digits(rng, 4)}",
            f"{digits(rng, 1)}{letters(rng, 3)}{digits(rng, 3)}",
            f"{letters(rng, 3)} {digits(rng, 3)}",
            f"{letters(rng, 2)}{digits(rng, 2)} {letters(rng, 3)}",
        )
    )


def _device(rng: Random) -> str:
    return rng.choice(
        (
            f"{letters(rng, 3)}{digits(rng, 6)}",
            f"SN{digits(rng, 8)}",
            f"{letters(rng, 2)}-{digits(rng, 4)}-{letters(rng, 1)}{digits(rng, 3)}",
            digits(rng, 9),
            f"{digits(rng, 3)}{letters(rng, 2)}{digits(rng, 5)}",
            f"{letters(rng, 1)}{digits(rng, 2)}{letters(rng, 2)}{digits(rng, 4)}",
        )
    )


MAKERS: dict[str, Callable[[Random], str]] = {
    "mrn": mrn,
    "ssn": _ssn,
    "phone": phone,
    "fax": phone,
    "ext": lambda rng: digits(rng, rng.randrange(3, 6)),
    "pager": lambda rng: rng.choice((digits(rng, rng.randrange(4, 6)), phone(rng))),
    "ip": _ip,
    "account": lambda rng: rng.choice(
        (
            digits(rng, rng.randrange(7, 13)),
            f"{letters(rng, 1)}{digits(rng, 8)}",
            f"ACCT-{digits(rng, 6)}",
            f"{digits(rng, 4)}-{digits(rng, 4)}-{digits(rng, 4)}-{digits(rng, 4)}",
        )
    ),
    "plan": lambda rng: rng.choice(
        (
            f"{letters(rng, 3)}{digits(rng, 9)}",
            digits(rng, 9),
            f"W{digits(rng, 8)}",
            f"{digits(rng, 1)}{letters(rng, 2)}{digits(rng, 1)}-{letters(rng, 2)}{digits(rng, 1)}-{letters(rng, 2)}{digits(rng, 2)}",
            f"{letters(rng, 1)}{digits(rng, 10)}",
        )
    ),
    "license": lambda rng: rng.choice(
        (
            f"{letters(rng, 1)}{digits(rng, 7)}",
            f"{letters(rng, 2)}{digits(rng, 6)}",
            f"{letters(rng, 1)}{digits(rng, 3)}-{digits(rng, 3)}-{digits(rng, 2)}",
            digits(rng, 8),
            f"{letters(rng, 2)}-{digits(rng, 5)}",
        )
    ),
    "npi": lambda rng: "1" + digits(rng, 9),
    "vin": lambda rng: "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(17)),
    "plate": _plate,
    "device": _device,
    "accession": lambda rng: rng.choice(
        (
            f"S{rng.randrange(20, 27)}-{digits(rng, 5)}",
            f"{letters(rng, 2)}-{rng.randrange(20, 27)}-{digits(rng, 4)}",
            digits(rng, 8),
            f"{rng.randrange(2019, 2027)}-{digits(rng, 6)}",
            f"RAD{digits(rng, 7)}",
        )
    ),
    "code": code,
    "last4": lambda rng: f"{rng.randrange(10000):04d}",
}
"""Slot → a maker of one value."""
