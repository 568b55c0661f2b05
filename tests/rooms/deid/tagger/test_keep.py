"""What the tagger may not take."""

import pytest

from phiward.deid.tagger.keep import is_kept

STAYS = [
    ("AGE", "55", "", "-year-old", "an age below 90"),
    ("AGE", "89", "", " y/o", "the last age that stays"),
    ("AGE", "eighty", "", "", "in words"),
    ("DATE", "2021", "since ", "", "a bare year"),
    ("DATE", "1998-2004", "", "", "years"),
    ("DATE", "90s", "", "", "a decade"),
    ("DATE", "Monday", "", "", "a weekday"),
    ("DATE", "Mon Wed Fri", "", "", "dialysis days"),
    ("DATE", "three days later", "", "", "elapsed time"),
    ("DATE", "last week", "", "", "relative"),
    ("DATE", "14:30", "", "", "a time of day"),
    ("DATE", "10 days", "", "", "a duration"),
    ("DATE", "Monday through Friday", "", "", "office hours"),
    ("DATE", "3-01", "|\n| ", " | Vasquez", "a bed in a table"),
    ("PLACE", "151, 129", "138, ", ", 160", "readings"),
    ("PLACE", "24323-8", "|", "^CMP^LN", "a code of LOINC"),
    ("NAME", "West", "4 ", " is short", "a ward"),
    ("NAME", "Farsi", "", " for the visit", "a language"),
    ("PLACE", "Kannada", "in ", "", "a language"),
    ("CODE", "500 mg", "", "", "a dose"),
    ("CODE", "1400", "@ ", "", "a time of the ward"),
    ("CODE", "12", "", "", "too short to be unique"),
    ("CODE", "138", "Na ", " mmol", "a value with its unit behind it"),
    ("PLACE", "California", "", "", "a state"),
    ("PLACE", "El Salvador", "", "", "a country"),
    ("PLACE", "Southern Tunisia", "", "", "part of a country"),
    ("PLACE", "4 West", "", "", "a ward"),
    ("PLACE", "14B", "", "", "a bed"),
    ("NAME", "Estonia", "", "", "a country is no name"),
    ("NAME", "Parkinson", "", "'s disease", "an eponym before its disease"),
    ("NAME", "12/5", "", "", "no letter"),
    ("ORG", "Ohio", "", "", "a state"),
    ("NAME", "FAAP", "MD, ", "", "a credential"),
    ("PLACE", "MD", "Haidari, ", "", "a credential that is a state too"),
]
GOES = [
    ("AGE", "93", "", " y/o", "the category of 90 or older"),
    ("AGE", "ninety-two", "", "", "in words"),
    ("DATE", "3-14", "| ", " | cath", "a day in a table"),
    ("DATE", "3-01", "\n", " 7:15 pm", "a day with its time"),
    ("NAME", "West", "Dr. ", " called", "a person"),
    ("DATE", "4/11", "", "", "a day"),
    ("DATE", "last March", "", "", "a month"),
    ("DATE", "March 5", "", "", "a day"),
    ("CODE", "4417", "ext ", "", "an extension"),
    ("CODE", "88123-0047", "", "", "a number with parts"),
    ("CODE", "a@b", "", "", "an address"),
    ("PLACE", "Akron", "", "", "a city"),
    ("NAME", "Chad", "", "", "a country that people are called after"),
    ("NAME", "Parkinson", "Dr. ", " called", "a person"),
    ("ORG", "Mercy", "", "", "a hospital"),
    ("NAME", "Ma", "", "", "a family name that is a credential in capitals"),
]


@pytest.mark.parametrize(("label", "text", "before", "behind", "reason"), STAYS)
def test_what_identifies_nobody_stays(label, text, before, behind, reason):
    """Damage is what makes clinicians turn a safeguard off."""
    assert is_kept(label, text, before, behind), reason


@pytest.mark.parametrize(("label", "text", "before", "behind", "reason"), GOES)
def test_what_may_identify_goes(label, text, before, behind, reason):
    """A veto must not uncover anything."""
    assert not is_kept(label, text, before, behind), reason
