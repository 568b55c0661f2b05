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

    `own` are the identifiers of the patient in context, not looked up: it costs 1 ms an address. A relative who is a
    patient too stands among them or in a text of the `record` as she is written, and is restored; what names somebody
    in code never is. Raises UnsafeContentError where the check fails.
    """
    broken = {value: rule_of(PassageCheck(index, granted), value) for value in {*placeholders.values()} - own}
    others = {name: value for name, value in placeholders.items() if broken.get(value) is not None}
    if not others:
        return frozenset()
    told = [_spelt(text) for text in {*own, *record}]  # each by itself: a name does not go on in another text
    return frozenset(
        name for name, value in others.items() if broken[value] is not Rule.KNOWN or not _stands_in(told, _spelt(value))
    )


def _stands_in(texts: Iterable[str], spelt: str) -> bool:
    return any(spelt in text for text in texts)


def _spelt(text: str) -> str:
    return f" {' '.join(canonical_words(text))} "
