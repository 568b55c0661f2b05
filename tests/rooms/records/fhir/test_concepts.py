"""What a code says in words."""

from typing import Any

import pytest

from phiward.domain.facts import Code
from phiward.records.fhir.concepts import Concept, code_of, concept, one_line, words_of
from phiward.records.fhir.fields import Node
from tests.rooms.records.fhir_files import HERE

_LOINC = {"system": "http://loinc.org", "code": "2160-0", "display": "Creatinine"}


@pytest.mark.parametrize("content", [{}, {"coding": []}, {"coding": [{"system": "http://loinc.org"}]}, {"text": " "}])
def test_a_concept_that_says_nothing_is_none(content: dict[str, Any]) -> None:
    """Nor has it a code."""
    assert concept(Node(content, HERE)) is None
    assert code_of(Node(content, HERE)) == ""
    assert concept(None) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"text": "Creatinine,\n serum", "coding": [_LOINC]}, "Creatinine, serum"),
        ({"coding": [{"code": "x"}, _LOINC]}, "Creatinine"),
        ({"coding": [{"code": "active"}]}, "active"),
    ],
)
def test_the_source_s_own_words_come_before_those_of_the_code_system(content: dict[str, Any], words: str) -> None:
    """Then the first display, then the first code."""
    made = concept(Node(content, HERE))
    assert made is not None
    assert made.words == words
    assert words_of([Node(content, HERE), Node({}, HERE)]) == [words]


def test_all_codes_are_kept_with_their_systems() -> None:
    """A source may code one thing in two systems; words alone serve where there is no code."""
    node = Node({"coding": [_LOINC, {"code": "CREA"}, {"display": "no code"}]}, HERE)
    assert concept(node) == Concept("Creatinine", (Code("http://loinc.org", "2160-0"), Code("", "CREA")))
    assert code_of(node) == "2160-0"
    assert code_of(Node({"text": "in words"}, HERE)) == "in words"


def test_words_stand_on_one_line() -> None:
    """Whatever white space there was."""
    assert one_line(" a\n\tb  c ") == "a b c"
