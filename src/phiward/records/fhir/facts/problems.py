"""Problems and allergies. Sources: https://hl7.org/fhir/R4/condition.html, https://hl7.org/fhir/R4/allergyintolerance.html.

One that was refuted or is only suspected says so in its status: it must not be read as one that the patient has.
"""

from collections.abc import Iterator

from phiward.domain.facts import FactKind, Saying
from phiward.records.fhir.concepts import code_of, concept, words_of
from phiward.records.fhir.facts.wording import NAMELESS, detail, notes, status, told
from phiward.records.fhir.fields import Node
from phiward.records.fhir.quantities import measured
from phiward.records.fhir.times import first_moment

_CERTAIN = frozenset({"", "confirmed"})


def condition(node: Node) -> Saying:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    what = concept(node.child("code")) or NAMELESS
    return Saying(
        FactKind.PROBLEM,
        what.words,
        what.codes,
        status=_standing(node),
        detail=detail(
            [
                *told("severity", node.child("severity")),
                *told("body site", *node.children("bodySite")),
                *(f"stage: {words}" for stage in node.children("stage") for words in _one(stage.child("summary"))),
                *(
                    f"evidence: {words}"
                    for one in node.children("evidence")
                    for words in words_of(one.children("code"))
                ),
                *_onset(node),
                *_abatement(node),
                *notes(node),
            ]
        ),
        effective_at=first_moment(node, "onsetDateTime", "onsetPeriod", "recordedDate"),
    )


def allergy(node: Node) -> Saying:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    reactions = list(node.children("reaction"))
    what = concept(node.child("code")) or next(
        (found for one in reactions if (found := concept(one.child("substance"))) is not None), NAMELESS
    )
    criticality = node.text("criticality")
    return Saying(
        FactKind.ALLERGY,
        what.words,
        what.codes,
        status=_standing(node),
        detail=detail(
            [
                status(node.text("type"), *node.texts("category")),
                f"criticality: {criticality}" if criticality else "",
                *(f"reaction: {words}" for one in reactions if (words := _reaction(one))),
                *_onset(node),
                *notes(node),
            ]
        ),
        effective_at=first_moment(node, "onsetDateTime", "onsetPeriod", "recordedDate", "lastOccurrence"),
    )


def _standing(node: Node) -> str:
    """Active or not, and how sure it is where it is not confirmed."""
    sure = code_of(node.child("verificationStatus"))
    return status(code_of(node.child("clinicalStatus")), None if sure in _CERTAIN else sure)


def _reaction(node: Node) -> str:
    """ "hives, itching (severe; after penicillin V)"."""
    extra = [*_one(node.child("substance")), *_one(node.child("exposureRoute")), *notes(node)]
    more = [text for name in ("severity", "description") if (text := node.text(name)) is not None]
    signs = ", ".join(words_of(node.children("manifestation")))
    aside = "; ".join([*more, *extra])
    return f"{signs} ({aside})" if signs and aside else signs or aside


def _one(node: Node | None) -> list[str]:
    return words_of([node] if node is not None else [])


def _onset(node: Node) -> Iterator[str]:
    """Onset as an age, a range or in words; a date stands in `effective_at`."""
    dated = node.text("onsetDateTime") or node.child("onsetPeriod")
    if dated is None and (said := measured(node, "onset")) is not None:
        yield f"onset: {said}"


def _abatement(node: Node) -> Iterator[str]:
    if (said := measured(node, "abatement")) is not None:
        yield f"abatement: {said}"
