"""(A) names by context."""

import pytest

from phiward.deid.rules.people import People
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Parkinson disease, Guillain-Barre, Lou Gehrig", "eponyms"),
        ("Patient: Okay.", "a speaker, not a label"),
        ("Doctor: Yeah, sure", "a speaker"),
        ("Mother denies smoking", "a relation and a verb"),
        ("the dr said so", "a verb"),
        ("MS since 2010", "multiple sclerosis"),
        ("MR angiography", "imaging"),
        ("Nurse Practitioner", "a profession"),
        ("Name: ", "no value"),
        ("reviewed by Cardiology", "a department"),
        ("symptoms. She", "inside a word"),
        ("Hi, I'm fine", "a contraction"),
        ("Assessment: Stable", "a heading"),
        ("her mother. He", "next sentence"),
    ],
)
def test_what_only_looks_like_a_name_stays(text, why):
    """Damage."""
    assert found(People(), text) == [], why


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Dr. Garcia Lopez saw", "Dr. Garcia Lopez"),
        ("Mr. T was", "Mr. T"),
        ("Ms. O'Neil-Brown", "Ms. O'Neil-Brown"),
        ("DR. SMITH NOTED", "DR. SMITH"),
        ("dr. patel said", "dr. patel"),
        ("mrs. okafor", "mrs. okafor"),
        ("Mrs. van der Berg", "Mrs. van der Berg"),
        ("Signed by: Anna Testa", "Anna Testa"),
        ("Patient: Jones, Robert A\n", "Jones, Robert A"),
        ("Patient Name: Zebedee", "Zebedee"),
        ("her husband John and", "John"),
        ("daughter, Susan,", "Susan"),
        ("son Will came", "Will"),
        ("Anna Testa, MD", "Anna Testa"),
        ("seen by Anna Testa today", "Anna Testa"),
        ("Dear Zebedee,", "Zebedee"),
        ("Thank you,\nAnna", "Anna"),
        ("my name is Anna Testa.", "Anna Testa"),
        ('"family": "Okafor"', "Okafor"),
        ("Emergency contact: Emeka", "Emeka"),
    ],
)
def test_titles_labels_relations_and_credentials_announce_names(text, value):
    """The title goes with the name; a label stays."""
    assert max((name for _, name in found(People(), text)), key=len, default=None) == value
