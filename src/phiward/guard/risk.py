"""How much a request looks like an injection: a score that raises review and removes tools, and grants nothing.

Every text is read by itself, and the riskiest decides; so no text makes another less suspicious, and a long history
of harmless ones adds up to nothing. Detection is telemetry: whoever knows the rules writes around them. What holds
without them is that untrusted text takes the tools away (`guard.tools`) and that the prompt holds one patient only.
"""

from collections.abc import Iterator, Sequence

from phiward.domain.trust import LabelledText, Risk, RiskFinding, TextOrigin
from phiward.guard.risk_phrases import Phrasebook
from phiward.guard.risk_reading import read
from phiward.guard.risk_rules import BY_ID, RULES, Rule

REVIEW_FROM = 50
"""The score from which on a person should look."""
HIDDEN_FROM = 35
"""What the rules of a hidden text must count together for it to be an instruction."""
MOST = 100

_PHRASEBOOK = Phrasebook({rule.id: rule.phrases for rule in RULES if rule.phrases})
_PATTERNS = tuple((rule.id, rule.met_by) for rule in RULES if rule.met_by is not None)
_BROUGHT = frozenset({TextOrigin.PASSAGE, TextOrigin.TOOL_RESULT})


def assess(texts: Sequence[LabelledText]) -> Risk:
    """The risk of these texts: a pure function, in time linear in them.

    The score is that of the riskiest text, so adding a text never lowers it. A finding names rule and place only;
    a rule that counts nothing for a text of that origin is not one.
    """
    score, findings = 0, []
    for text in texts:
        weights = {rule: _weight(BY_ID[rule], text, clinical) for rule, clinical in _met(text.text).items()}
        score = max(score, min(MOST, sum(weights.values())))
        findings += [RiskFinding(rule.id, text.place) for rule in RULES if weights.get(rule.id)]
    return Risk(score, tuple(dict.fromkeys(findings)), score >= REVIEW_FROM)


def _met(text: str) -> dict[str, bool]:
    """The rules that a text fulfils, and whether only in sentences that speak of care."""
    reading = read(text)
    found = dict.fromkeys(reading.marks, False) | dict(_in_plain(reading.plain))
    if any(sum(BY_ID[rule].found for rule, _ in _in_plain(hidden)) >= HIDDEN_FROM for hidden in reading.hidden):
        found["hidden_instruction"] = False
    return found


def _in_plain(text: str) -> Iterator[tuple[str, bool]]:
    yield from _PHRASEBOOK.find(text).items()
    yield from ((rule, False) for rule, search in _PATTERNS if search(text))


def _weight(rule: Rule, text: LabelledText, clinical: bool) -> int:
    """Most for what came from outside, least for what the application itself instructs."""
    if not text.trust.trusted:
        weight = rule.found
    elif text.origin in _BROUGHT:
        weight = (rule.found + rule.asked) // 2
    elif text.origin is TextOrigin.INSTRUCTION:
        weight = rule.asked // 2
    else:
        weight = rule.asked
    return weight // 2 if clinical and rule.in_care else weight
