"""Coded values."""

import pytest

from phiward.domain.facts import Code
from phiward.records.ccda.codes import code_words, concept

from .files import element, reader

SNOMED = 'codeSystem="2.16.840.1.113883.6.96"'


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        pytest.param('<code nullFlavor="UNK"/>', None, id="null"),
        pytest.param(f'<code code="1" {SNOMED}/>', None, id="a code without words"),
        pytest.param(f'<code code="1" displayName="Asthma" {SNOMED}/>', "Asthma", id="a display name"),
        pytest.param("<code><originalText> wheezy  chest </originalText></code>", "wheezy chest", id="as written"),
        pytest.param(
            '<code nullFlavor="OTH"><translation code="J45" displayName="Asthma"/></code>', "Asthma", id="a translation"
        ),
    ],
)
def test_a_concept_needs_words(xml: str, words: str | None) -> None:
    """The best that the code has."""
    found = concept(element(xml), reader())
    assert (found.label if found else None) == words


def test_codes_stand_under_the_uri_of_their_system() -> None:
    """An unknown system keeps its object identifier, a null code is none."""
    xml = (
        f'<code code="1" displayName="Asthma" {SNOMED}><translation code="2" codeSystem="1.2.3"/>'
        '<translation code="3"/><translation nullFlavor="UNK" code="4"/></code>'
    )
    found = concept(element(xml), reader())
    assert found is not None
    assert found.codes == (Code("http://snomed.info/sct", "1"), Code("urn:oid:1.2.3", "2"), Code("", "3"))


def test_what_was_first_written_is_kept_where_it_differs() -> None:
    """Also when the text stands in the narrative."""
    root = element(
        '<s><td ID="x">wheezy chest</td><code displayName="Asthma"><originalText><reference value="#x"/></originalText>'
        '</code><code displayName="Asthma"><originalText>ASTHMA</originalText></code></s>'
    )
    _, differs, same = (concept(one, reader(root)) for one in root)
    assert differs is not None
    assert same is not None
    assert (differs.original, same.original) == ("wheezy chest", None)


def test_a_code_alone_is_better_than_nothing_for_a_value() -> None:
    """An interpretation is often only a letter."""
    assert code_words(element('<interpretationCode code="H"/>'), reader()) == "H"
    assert code_words(element('<interpretationCode nullFlavor="UNK"/>'), reader()) is None
    assert code_words(None, reader()) is None
