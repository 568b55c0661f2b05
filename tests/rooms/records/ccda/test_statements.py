"""What one statement says."""

import pytest

from phiward.domain.access import DataClass
from phiward.domain.facts import Code, FactKind, Saying
from phiward.records.ccda import statements
from phiward.records.ccda.elements import child
from phiward.records.ccda.statement import NEGATED, Statement, holder_of
from phiward.records.ccda.statements import Make

from .files import SNOMED, TEMPLATE, element, reader

ASTHMA = f'<value xsi:type="CD" code="195967001" codeSystem="{SNOMED}" displayName="Asthma"/>'


def said(make: Make, xml: str) -> Saying:
    """What it says."""
    found = make(Statement(element(xml), reader()))
    assert isinstance(found, Saying)
    return found


def related(template: str, inner: str, name: str = "observation") -> str:
    """A related statement."""
    return f'<entryRelationship><{name}><templateId root="{TEMPLATE}{template}"/>{inner}</{name}></entryRelationship>'


def coded(name: str, words: str, code: str = "1") -> str:
    """An element with a SNOMED CT code."""
    return f'<{name} code="{code}" codeSystem="{SNOMED}" displayName="{words}"/>'


def substance(words: str, code: str = "7") -> str:
    """The substance of an allergy."""
    entity = f"<playingEntity>{coded('code', words, code)}</playingEntity>"
    return f'<participant typeCode="CSM"><participantRole>{entity}</participantRole></participant>'


def product(words: str, code: str = "7") -> str:
    """What is given."""
    material = f"<manufacturedMaterial>{coded('code', words, code)}</manufacturedMaterial>"
    return f"<consumable><manufacturedProduct>{material}</manufacturedProduct></consumable>"


NO = 'negationInd="true"'
ALLERGY_TO = coded("value", "Allergy to substance", "419199007").replace("<value", '<value xsi:type="CD"')
NEGATIVES = [
    pytest.param(statements.problem, f"<observation {NO}>{ASTHMA}</observation>", "No known Asthma", id="a problem"),
    pytest.param(
        statements.problem,
        f"<observation {NO}>{ASTHMA.replace('195967001', '55607006')}</observation>",
        "No known problems",
        id="any problem",
    ),
    pytest.param(
        statements.allergy,
        f"<observation {NO}>{ALLERGY_TO}{substance('Penicillin')}</observation>",
        "No known allergy to Penicillin",
        id="an allergy",
    ),
    pytest.param(
        statements.allergy,
        f"<observation {NO}>{ALLERGY_TO}{substance('Substance', '105590001')}</observation>",
        "No known allergies",
        id="any allergy",
    ),
    pytest.param(
        statements.allergy,
        f"<observation {NO}>{ALLERGY_TO.replace('419199007', '416098002')}</observation>",
        "No known drug allergies",
        id="any allergy to drugs",
    ),
    pytest.param(
        statements.medication,
        f"<substanceAdministration {NO}>{product('Atenolol')}</substanceAdministration>",
        "Not taken: Atenolol",
        id="a medication",
    ),
    pytest.param(
        statements.medication,
        f"<substanceAdministration {NO}>{product('Drug', '410942007')}</substanceAdministration>",
        "No known medications",
        id="any medication",
    ),
    pytest.param(
        statements.medication,
        f"<substanceAdministration {NO}/>",
        "No known medications",
        id="any medication, without a product",
    ),
    pytest.param(
        statements.immunization,
        f"<substanceAdministration {NO}>{product('Influenza vaccine')}</substanceAdministration>",
        "Not given: Influenza vaccine",
        id="a vaccine",
    ),
    pytest.param(
        statements.procedure,
        f"<procedure {NO}>{coded('code', 'Biopsy')}</procedure>",
        "Not done: Biopsy",
        id="a procedure",
    ),
    pytest.param(
        statements.measured(FactKind.RESULT),
        f"<observation {NO}>{coded('code', 'Growth')}</observation>",
        "Not found: Growth",
        id="a result",
    ),
]


@pytest.mark.parametrize(("make", "xml", "label"), NEGATIVES)
def test_what_is_negated_never_reads_as_present(make: Make, xml: str, label: str) -> None:
    """By its label, its status, and because it carries no codes."""
    found = said(make, xml)
    assert (found.label, found.codes, found.status) == (label, (), NEGATED)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        pytest.param(statements.problem, "observation", id="a problem"),
        pytest.param(statements.allergy, "observation", id="an allergy"),
        pytest.param(statements.medication, "substanceAdministration", id="a medication"),
        pytest.param(statements.immunization, "substanceAdministration", id="a vaccine"),
        pytest.param(statements.procedure, "procedure", id="a procedure"),
        pytest.param(statements.measured(FactKind.RESULT), "observation", id="a result"),
    ],
)
def test_what_has_no_words_is_no_fact(make: Make, name: str) -> None:
    """A code alone would have to be guessed."""
    xml = f'<{name}><code code="1"/><value xsi:type="CD" nullFlavor="UNK"/></{name}>'
    assert make(Statement(element(xml), reader())) == statements.NO_LABEL


def test_a_negated_concern_negates_what_it_holds() -> None:
    """A concern that is said not to be holds no problem."""
    act = element(f"<act {NO}><observation>{ASTHMA}</observation></act>")
    observation = child(act, "observation")
    assert observation is not None
    found = statements.problem(Statement(observation, reader(), holder_of(act, reader())))
    assert isinstance(found, Saying)
    assert (found.label, found.status) == ("No known Asthma", NEGATED)


def test_a_problem_says_since_when_until_when_and_how_it_stands() -> None:
    """Its own status before its end, its end before the concern's."""
    time = '<effectiveTime><low value="2013"/><high value="20140801"/></effectiveTime>'
    found = said(statements.problem, f"<observation>{time}{ASTHMA}</observation>")
    assert (found.kind, found.label, found.status, found.detail) == (
        FactKind.PROBLEM,
        "Asthma",
        "resolved",
        "until 2014-08-01",
    )
    assert found.codes == (Code("http://snomed.info/sct", "195967001"),)
    assert found.effective_at is not None
    assert found.effective_at.year == 2013
    own = related("6", '<value xsi:type="CD" displayName="Inactive"/>')
    assert said(statements.problem, f"<observation>{time}{ASTHMA}{own}</observation>").status == "Inactive"
    act = element(
        f'<act><statusCode code="active"/><observation><statusCode code="completed"/>{ASTHMA}</observation></act>'
    )
    observation = child(act, "observation")
    assert observation is not None
    concern = statements.problem(Statement(observation, reader(), holder_of(act, reader())))
    assert isinstance(concern, Saying)
    assert concern.status == "active"


def test_an_allergy_says_its_reactions() -> None:
    """With their severity; one that is negated is none."""
    severity = related("8", '<value xsi:type="CD" displayName="Mild"/>')
    reaction = related("9", f'<value xsi:type="CD" displayName="Nausea"/>{severity}')
    denied = reaction.replace("<observation>", f"<observation {NO}>", 1).replace("Nausea", "Rash")
    found = said(
        statements.allergy, f"<observation>{ALLERGY_TO}{substance('Penicillin')}{reaction}{denied}</observation>"
    )
    assert (found.label, found.detail) == ("Penicillin", "Allergy to substance; reaction Nausea (Mild)")


def test_a_medication_says_how_it_is_taken() -> None:
    """Dose, route, times, condition, reason, instruction, comment, as the record says them."""
    xml = f"""<substanceAdministration moodCode="INT"><statusCode code="active"/>
        <effectiveTime xsi:type="IVL_TS"><low value="20110103"/><high value="20120103"/></effectiveTime>
        <effectiveTime xsi:type="PIVL_TS"><period value="6" unit="h"/></effectiveTime>
        {coded("routeCode", "Inhalation")}<doseQuantity value="2"/>
        <rateQuantity value="90" unit="ml/min"/>{coded("administrationUnitCode", "Puff")}
        {product("albuterol")}
        <precondition><criterion><value xsi:type="CD" displayName="Wheezing"/></criterion></precondition>
        {related("19", ASTHMA)}{related("147", "<text>two puffs</text>", "substanceAdministration")}
        {related("64", "<text>shake well</text>", "act")}</substanceAdministration>"""
    found = said(statements.medication, xml)
    assert (found.label, found.status, found.value) == ("albuterol", "active", None)
    assert found.detail == (
        "dose 2 Puff; Inhalation; rate 90 ml/min; from 2011-01-03; until 2012-01-03; every 6 h; if Wheezing; "
        "for Asthma; two puffs; as intended; shake well"
    )


def test_a_vaccine_that_was_refused_says_why() -> None:
    """And which of its series it was."""
    xml = f"""<substanceAdministration {NO}><repeatNumber value="2"/>{product("Tetanus vaccine")}
        {related("53", '<code displayName="patient objection"/>')}</substanceAdministration>"""
    found = said(statements.immunization, xml)
    assert found.detail == "not given because of patient objection; number 2 of its series"


def test_a_result_is_as_it_is_written() -> None:
    """Value, unit, range, interpretation, panel; without a time of its own it has that of the battery."""
    battery = element(f"""<organizer>{coded("code", "Blood count")}<effectiveTime value="20240102"/><observation>
        {coded("code", "Hemoglobin")}<statusCode code="completed"/><value xsi:type="PQ" value="13.20" unit="g/dL"/>
        <interpretationCode code="N"/><referenceRange><observationRange><text>12-15</text></observationRange>
        </referenceRange>
        </observation></organizer>""")
    observation = child(battery, "observation")
    assert observation is not None
    found = statements.measured(FactKind.RESULT)(
        Statement(observation, reader(), holder_of(battery, reader()), frozenset({DataClass.HIV}))
    )
    assert isinstance(found, Saying)
    assert (found.label, found.value, found.unit, found.status) == ("Hemoglobin", "13.20", "g/dL", "completed")
    assert found.detail == "of Blood count; reference range 12-15; interpretation N"
    assert found.effective_at is not None
    assert found.classes == {DataClass.HIV}


def test_a_pending_result_says_that_it_has_no_value() -> None:
    """It is no finding."""
    value = '<statusCode code="active"/><value xsi:type="PQ" nullFlavor="NA"/>'
    xml = f"<observation>{coded('code', 'Culture')}{value}</observation>"
    found = said(statements.measured(FactKind.RESULT), xml)
    assert (found.value, found.unit, found.detail, found.status) == (None, None, "no value", "active")
