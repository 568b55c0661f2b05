"""OBX-5 as it is written."""

import pytest

from phiward.domain.facts import Code
from phiward.records.hl7v2.values import codes, free_text, value, words

from .feeds import msh, parsed


@pytest.mark.parametrize(
    ("kind", "written", "said"),
    [
        pytest.param("NM", "1.20", "1.20", id="a figure keeps its zeros"),
        pytest.param("SN", ">^100", ">100", id="greater"),
        pytest.param("SN", "^1^:^128", "1:128", id="a titre"),
        pytest.param("SN", "^2^+", "2+", id="a grade"),
        pytest.param("SN", "^10^-^20", "10-20", id="a range"),
        pytest.param("ST", "Smith & Sons^x", "Smith & Sons^x", id="delimiters that were not escaped are text"),
        pytest.param("TX", "one~two", "one\ntwo", id="repetitions of text are lines"),
        pytest.param("CE", "260385009^Negative^SCT", "Negative", id="a code in words"),
        pytest.param("CWE", "1^a^L^2^b^L^^^first written", "first written", id="the original text"),
        pytest.param("CE", "POS", "POS", id="a code alone"),
        pytest.param("CE", "1^a~2^b", "a; b", id="several codes"),
        pytest.param("DT", "20240101", "20240101", id="a date as written"),
        pytest.param("NR", "1^2", "1 - 2", id="a numeric range"),
        pytest.param("NM", '""', None, id="explicitly nothing"),
        pytest.param("ST", "", None, id="nothing"),
        pytest.param("XPN", "Example^Ada", None, id="a type that is not read"),
    ],
)
def test_a_value_is_as_it_is_written(kind: str, written: str, said: str | None) -> None:
    """By its type."""
    assert value(parsed(msh(), f"OBX|1|{kind}|X||{written}").segments[1]) == said


def test_only_public_codes_are_kept() -> None:
    """A local code says nothing elsewhere."""
    (part,) = parsed(msh(), "OBX|1|NM|2160-0^Creatinine^LN^CREA^Crea^L").segments[1].parts(3)
    assert codes(part) == (Code("http://loinc.org", "2160-0"),)
    assert words(part) == "Creatinine"


def test_escapes_in_free_text_are_read_after_its_repetitions() -> None:
    """An escaped repetition mark is a character."""
    assert free_text(parsed(msh(), "NTE|1||a~b\\R\\c").segments[1], 3) == "a\nb~c"
