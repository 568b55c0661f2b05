"""(A) An employer is the individual's identifier; a ward and a therapy are not."""

import pytest

from phiward.deid.rules.employers import Employers

KEPT = [
    pytest.param("She worked with PT on gait.", id="physical therapy"),
    pytest.param("He works at night.", id="no name"),
    pytest.param("The drug worked for She and him.", id="a pronoun"),
    pytest.param("working at home as a tailor", id="lower case"),
    pytest.param("is retired from teaching", id="a trade"),
]
GONE = [
    pytest.param("She is employed at Mockton Paper Mill and lives alone.", "Mockton Paper Mill", id="employed at"),
    pytest.param("He works for Smith & Sons.", "Smith & Sons", id="an ampersand"),
    pytest.param("worked at the Bureau of Fish until 2019", "Bureau of Fish", id="of inside a name"),
    pytest.param("retired from Acme in 2010", "Acme", id="retired from"),
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_employer_stays(text: str) -> None:
    """Damage is a fault too."""
    assert list(Employers().find(text)) == []


@pytest.mark.parametrize(("text", "name"), GONE)
def test_the_name_of_an_employer_goes(text: str, name: str) -> None:
    """The words around it stay."""
    assert [text[one.start : one.end] for one in Employers().find(text)] == [name]
