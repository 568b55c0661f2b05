"""Identifiers without separators, and the patient's own first."""

from dataclasses import replace

import pytest

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.guard.own import Own
from phiward.guard.squeezed import MIN_LETTERS, glued_names, mail_hits, squeezed_hits
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

from .house import GRANTED, INDEX

NOBODY = Own(frozenset())
HITS = [
    ("a name between letters", "xyzeldaquagmirexy", ["zeldaquagmire"]),
    ("a name turned", "quagmirezelda", ["quagmirezelda"]),
    ("a name of three words", "renemullersorensen!", ["renemullersorensen"]),
    ("with separators all the same", "Z-e-l-d-a Q.u.a.g.m.i.r.e", ["zeldaquagmire"]),
    ("a short name", "adadate", []),
    ("a number", "x40019999x", ["40019999"]),
    ("a number with letters", "xxmrn774412", ["mrn774412"]),
    ("half a name", "quagmirequag", []),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in HITS])
def test_an_identifier_without_separators_is_found(text: str, expected: list[str]) -> None:
    """From MIN_LETTERS letters on."""
    joined = "".join(one for one in text.lower() if one.isalnum())
    assert [joined[hit.start : hit.end] for hit in squeezed_hits(text, INDEX, NOBODY)] == expected
    assert len("adadate") < MIN_LETTERS


def test_the_patients_own_name_is_taken_out_first() -> None:
    """Kaylee Ryan contains Lee Ryan, whose record this is not."""
    # given two patients, one name within the other
    kaylee, lee = patient("Kaylee Bryant", "40011111"), patient("Lee Bryant", "40022222")
    index = index_of(kaylee, lee)
    # when the one whom the caller may see is written without separators
    mine, other = Own(frozenset({kaylee.patient})), Own(frozenset({lee.patient}))
    # then nothing is found in her own name, and her name is found by the other's caller
    assert squeezed_hits("kayleebryant", index, mine) == []
    assert squeezed_hits("kayleebryant", index, other) != []
    assert squeezed_hits("leebryant", index, mine) != []


def test_a_restored_first_name_hides_no_name_that_is_longer() -> None:
    """Only what lies within a value is taken out."""
    assert squeezed_hits("zeldaquagmire", INDEX, Own(GRANTED, ["Zelda"])) != []
    assert squeezed_hits("zeldaquagmire", INDEX, Own(GRANTED, ["Zelda Quagmire"])) == []


def test_short_names_are_found_where_a_space_shows_their_words() -> None:
    """With letters glued before and behind."""
    rose = patient("Rose Rea", "40033333")
    assert [name for name, _ in glued_names("xyRose Reaz", index_of(rose))] == ["rose rea"]
    assert list(glued_names("xyRose and Reaz", index_of(rose))) == []


def test_an_address_is_found_with_letters_glued_to_it() -> None:
    """Before and behind."""
    text = "see xyzelda.q@example.orgz now"
    assert [text[hit.start : hit.end] for hit in mail_hits(text, INDEX)] == ["zelda.q@example.org"]
    assert list(mail_hits("info@example.org", INDEX)) == []


def test_one_letter_given_names_do_not_count() -> None:
    """As in the index."""
    short = replace(
        patient("A Quagmirest", "40044444"), identifiers=(Identifier(IdentifierKind.FULL_NAME, "Quagmirest"),)
    )
    assert squeezed_hits("aquagmirest", index_of(short), NOBODY) == []
