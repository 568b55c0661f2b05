"""What was hidden from the model and is not restored in its answer: identifiers of people outside the grant.

A tool's result or a pasted text can carry another patient, a note an attachment in code that names one. The model gets
a placeholder; that it repeats it is no reason to say what stands behind it.
"""

from collections.abc import Iterable, Mapping

from phiward.domain.patients import PatientRef
from phiward.domain.words import canonical_words
from phiward.guard.index import KnownIndex
from phiward.guard.passage import PassageCheck, Rule, rule_of


def foreign(
    placeholders: Mapping[str, str],
    index: KnownIndex,
    granted: frozenset[PatientRef],
    record: Iterable[str],
    own: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """The placeholders not to restore.

    A relative who is a patient too stands in the `record` (texts of the patient in context) as she is written, and is
    restored; what names somebody in code never is.
    `own` identifiers are not looked up: it costs 1 ms an address. Raises UnsafeContentError where the check fails.
    """
    broken = {value: rule_of(PassageCheck(index, granted), value) for value in {*placeholders.values()} - own}
    others = {name: value for name, value in placeholders.items() if broken.get(value) is not None}
    if not others:
        return frozenset()
    told = _joined(record)
    return frozenset(
        name for name, value in others.items() if broken[value] is not Rule.KNOWN or _joined([value]) not in told
    )


def _joined(texts: Iterable[str]) -> str:
    return f" {' '.join(word for text in texts for word in canonical_words(text))} "
