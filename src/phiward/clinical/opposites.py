"""Words that turn a finding into another one: "left" for "right", "hyperkalemia" for "hypokalemia".

Two texts may share nearly all their words and differ in the one that matters.
"""

from collections.abc import Iterable, Iterator

from phiward.clinical.words import stem

_PAIRS = (
    "left right",
    "upper lower",
    "increased decreased",
    "increased reduced",
    "elevated low",
    "high low",
    "improved worsened",
    "better worse",
    "started stopped",
    "systolic diastolic",
    "mother father",
    "sister brother",
    "daughter son",
    "man woman",
    "male female",
    "benign malignant",
    "proximal distal",
    "anterior posterior",
    "medial lateral",
    "chronic acute",
    "inpatient outpatient",
    "normal abnormal",
    "stable unstable",
    "regular irregular",
    "symmetric asymmetric",
    "open closed",
)
_PREFIXES = {"hyper": "hypo", "hypo": "hyper", "tachy": "brady", "brady": "tachy"}


def _both_ways() -> dict[str, frozenset[str]]:
    pairs = [tuple(map(stem, pair.split())) for pair in _PAIRS]
    pairs += [(second, first) for first, second in pairs]
    return {word: frozenset(other for one, other in pairs if one == word) for word, _ in pairs}


_OPPOSITES = _both_ways()


def opposites(word: str) -> Iterator[str]:
    """What a stem is the opposite of, as stems."""
    yield from _OPPOSITES.get(word, ())
    for prefix, other in _PREFIXES.items():
        if word.startswith(prefix):
            yield other + word[len(prefix) :]


def turned(words: Iterable[str], source: frozenset[str]) -> bool:
    """Whether the source has the opposite of one of these words, and not the word itself."""
    return any(word not in source and not source.isdisjoint(opposites(word)) for word in words)
