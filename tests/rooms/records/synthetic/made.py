"""The hospital that these tests look at, made once, and ways into its bundles."""

import base64
from functools import cache
from typing import Any

from phiward.records.synthetic import Hospital, hospital
from phiward.records.synthetic.cast import character
from phiward.records.synthetic.contact import contact
from phiward.records.synthetic.staff import team_of
from phiward.records.synthetic.story import Story, story

SEED = 7


@cache
def made() -> Hospital:
    """Twenty-four patients."""
    return hospital(SEED)


def told(index: int, seed: int = SEED) -> Story:
    """The story of one patient."""
    who = character(seed, index)
    return story(seed, index, who, contact(seed, index, who), team_of(index))


def of_type(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The resources of one type."""
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def texts(bundle: dict[str, Any]) -> list[str]:
    """The notes, as text, oldest first as the bundle has them."""
    attached = (one["content"][0]["attachment"]["data"] for one in of_type(bundle, "DocumentReference"))
    return [base64.b64decode(data).decode() for data in attached]
