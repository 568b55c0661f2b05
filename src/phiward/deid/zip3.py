"""(B) The first three digits of a ZIP, where more than 20,000 people live there; otherwise 000.

An allow-list by the Census of 2020 (Demographic and Housing Characteristics, table P1, ZIP code
tabulation areas summed by their first three digits): 894 prefixes have people, 18 of them too few. A
prefix outside the list (military 090, unassigned 213) becomes 000. The list of HHS of 2012 rests on the
Census of 2000 and says itself not to be relied on. Source: 45 CFR 164.514(b)(2)(i)(B).
"""

import hashlib
import re

CENSUS_YEAR = 2020

_UNLISTED = """
000-005 008 055 090-099 192 213 269 311 332 340 343 345 348 353 375 399 419 428-429 459 509 517-519 529 533 536 552 555
568-569 578-579 589 621 632 642-643 649 659 663 682 694-699 702 709 715 732-733 742 771 817-819 839 842 848-849 854 858
861-862 866-869 872 876 885-889 892 896 899 901 909 929 938 942 962-966 969 987
"""
RESTRICTED = frozenset(
    [
        "036",
        "059",
        "102",
        "202",
        "203",
        "204",
        "205",
        "369",
        "556",
        "692",
        "753",
        "772",
        "821",
        "823",
        "878",
        "879",
        "884",
        "893",
    ]
)
"""Prefixes with 20,000 people or fewer in 2020."""

_ZIP = re.compile(r"(?<![0-9])([0-9]{5})(?:[- ]?[0-9]{4})?$")


def _expand(ranges: str) -> frozenset[str]:
    found: set[str] = set()
    for part in ranges.split():
        low, _, high = part.partition("-")
        found.update(f"{number:03d}" for number in range(int(low), int(high or low) + 1))
    return frozenset(found)


LISTED = frozenset(f"{number:03d}" for number in range(1000)) - _expand(_UNLISTED)
"""Prefixes in which anybody lives."""

ALLOWED = LISTED - RESTRICTED
"""Prefixes that may stay."""

FINGERPRINT = hashlib.sha256(" ".join(sorted(ALLOWED)).encode()).hexdigest()
"""SHA-256 of the allowed prefixes, sorted, one space between; stands in every manifest."""


def generalised(text: str) -> str:
    """The prefix that may stay of the ZIP at the end of `text`, `000` where none may; empty without a ZIP."""
    match = _ZIP.search(text)
    if match is None:
        return ""
    prefix = match[1][:3]
    return prefix if prefix in ALLOWED else "000"
