"""Entries to facts."""

from collections import Counter

import pytest

from phiward.domain.facts import FactKind
from phiward.records.ccda import facts as module
from phiward.records.ccda.facts import facts
from phiward.records.results import FactRecord

from .files import TEMPLATE, element, nothing, reader, sections

VALUE = '<value xsi:type="CD" code="1" displayName="Asthma"/>'


def problem(inner: str = "", attributes: str = 'moodCode="EVN"') -> str:
    """A Problem Observation."""
    return f'<observation {attributes}><templateId root="{TEMPLATE}4"/>{inner}{VALUE}</observation>'


def found(*entries: str, count: Counter[str] | None = None) -> list[FactRecord]:
    """The facts of a section with these entries."""
    section = "".join(f"<entry>{one}</entry>" for one in entries)
    (structured,) = element(sections(f"<section><title>Problems</title>{section}</section>"))
    return facts(structured, reader(), "urn:doc", "urn:who", frozenset(), nothing() if count is None else count)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param(problem(attributes='moodCode="INT"'), module.PLANNED, id="intended"),
        pytest.param(problem(attributes='moodCode="GOL"'), module.PLANNED, id="a goal"),
        pytest.param(problem("<subject/>"), module.OF_ANOTHER, id="about a relative"),
        pytest.param(
            f"<organizer><subject/><component>{problem()}</component></organizer>", module.OF_ANOTHER, id="held by one"
        ),
        pytest.param(problem('<statusCode code="nullified"/>'), module.NULLIFIED, id="nullified"),
        pytest.param(
            f'<act><statusCode code="nullified"/><entryRelationship>{problem()}</entryRelationship></act>',
            module.NULLIFIED,
            id="a nullified concern",
        ),
        pytest.param('<encounter><templateId root="1.2"/></encounter>', module.NOT_KEPT, id="a kind that is not kept"),
        pytest.param(problem().replace('displayName="Asthma"', ""), module.statements.NO_LABEL, id="without words"),
    ],
)
def test_what_is_no_fact_of_the_patient_is_counted(entry: str, reason: str) -> None:
    """And no fact is made of it."""
    count = nothing()
    assert found(entry, count=count) == []
    assert count == {reason: 1}


def test_a_fact_is_part_of_its_document() -> None:
    """Known by its first usable id."""
    (fact,) = found(problem('<id nullFlavor="NI"/><id root="1.2" extension="x"/>'))
    assert (fact.source_id, fact.part_of, fact.patient) == ("urn:cda:fact:urn:doc:1.2:x", "urn:doc", "urn:who")
    assert fact.saying.kind is FactKind.PROBLEM


def test_facts_with_one_id_or_none_are_told_apart() -> None:
    """By their order."""
    same = problem('<id root="1.2"/>')
    assert [one.source_id.removeprefix("urn:cda:fact:urn:doc:") for one in found(same, same, problem(), problem())] == [
        "1.2:",
        "1.2:#2",
        "observation",
        "observation#2",
    ]


def test_facts_are_found_at_any_depth() -> None:
    """In concerns and batteries."""
    concern = f"<act><entryRelationship>{problem()}</entryRelationship></act>"
    assert len(found(concern.replace("</act>", "") + concern.removeprefix("<act>"))) == 2


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        pytest.param(f"{TEMPLATE}2", FactKind.RESULT, id="a result"),
        pytest.param(f"{TEMPLATE}27", FactKind.VITAL, id="a vital sign"),
        pytest.param(f"{TEMPLATE}78", FactKind.OTHER, id="smoking"),
        pytest.param(f"{TEMPLATE}13", FactKind.PROCEDURE, id="a procedure"),
        pytest.param("2.16.840.1.113883.10.20.15.3.8", FactKind.OTHER, id="pregnancy"),
    ],
)
def test_the_template_says_what_it_is(template: str, kind: FactKind) -> None:
    """In any version of it."""
    entry = f'<observation><templateId root="{template}" extension="2099-01-01"/><code displayName="X"/></observation>'
    assert [one.saying.kind for one in found(entry)] == [kind]


def test_a_medication_may_be_intended() -> None:
    """As an active prescription is; a vaccine may not."""
    entry = (
        '<substanceAdministration moodCode="INT"><templateId root="{}"/><consumable><manufacturedProduct>'
        "<manufacturedMaterial><name>Atenolol</name></manufacturedMaterial></manufacturedProduct></consumable>"
        "</substanceAdministration>"
    )
    assert [one.saying.label for one in found(entry.format(f"{TEMPLATE}16"))] == ["Atenolol"]
    assert found(entry.format(f"{TEMPLATE}52")) == []


def test_a_fact_has_the_status_of_its_concern_and_the_panel_of_its_battery() -> None:
    """Read from what is directly around it."""
    concern = f'<act><statusCode code="suspended"/><entryRelationship>{problem()}</entryRelationship></act>'
    assert [one.saying.status for one in found(concern)] == ["suspended"]
    result = f'<observation><templateId root="{TEMPLATE}2"/><code displayName="Hb"/></observation>'
    battery = f'<organizer><code displayName="Blood count"/><component>{result}</component></organizer>'
    assert [one.saying.detail for one in found(battery)] == ["of Blood count; no value"]
