"""The grammar of placeholders: `[PATIENT_1]`, `[DATE_2: 3 days after DATE_1]`.

Readable and sequential within one conversation, because models do not repeat UUIDs (DESIGN 4).
deid issues them, guard resolves them; this grammar is all the two rooms share.
"""

import re
from enum import StrEnum

MAX_LENGTH = 64
"""The longest placeholder in characters; a stream is held back no longer than this."""

PATTERN = re.compile(r"\[([A-Z]{2,12})_([1-9][0-9]{0,3})(?:: ([A-Za-z0-9_ ]{1,40}))?\]")
"""Anything that looks like a placeholder, issued here or not."""


class Category(StrEnum):
    """The word in a placeholder, with the Safe Harbor letter it stands for (164.514(b)(2)(i))."""

    PATIENT = "PATIENT"  # (A) name of the patient
    NAME = "NAME"  # (A) names of relatives, employers, household members, clinicians
    ADDRESS = "ADDRESS"  # (B) street
    CITY = "CITY"  # (B)
    ZIP = "ZIP"  # (B)
    DATE = "DATE"  # (C)
    AGE = "AGE"  # (C) ages over 89
    PHONE = "PHONE"  # (D)
    FAX = "FAX"  # (E)
    EMAIL = "EMAIL"  # (F)
    SSN = "SSN"  # (G)
    MRN = "MRN"  # (H)
    PLAN = "PLAN"  # (I) health plan beneficiary number
    ACCOUNT = "ACCOUNT"  # (J)
    LICENSE = "LICENSE"  # (K) certificate and licence numbers
    VEHICLE = "VEHICLE"  # (L) VIN and plates
    DEVICE = "DEVICE"  # (M)
    URL = "URL"  # (N)
    IP = "IP"  # (O)
    BIOMETRIC = "BIOMETRIC"  # (P)
    PHOTO = "PHOTO"  # (Q)
    ID = "ID"  # (R) any other unique code
    LITERAL = "LITERAL"  # text of the user's own that looks like a placeholder


def short_form(category: Category, number: int) -> str:
    """`[DATE_2]`."""
    return f"[{category}_{number}]"
