"""Why a question is answered as it is: the rule that decided, the others that agreed, and the facts that they saw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phiward.domain.access import DocumentField
from phiward.domain.verdict import Permit, Verdict
from phiward.policy.cases import Case
from phiward.policy.decide import POLICY_ERROR, Answer, Policy
from phiward.policy.documents import FIELDS
from phiward.policy.facts import Facts, act, facts_of, opened, question, readings
from phiward.policy.rules import Rule
from phiward.policy.scopes import may_read


@dataclass(frozen=True, slots=True)
class Explanation:
    """`led` are all rules that led to the verdict; `fields` those of a document that may be read."""

    verdict: Verdict
    led: tuple[Rule, ...]
    facts: dict[str, Any]
    fields: tuple[DocumentField, ...] | None = None

    @property
    def allowed(self) -> bool:
        """Whether the question may be asked, the text read, the act done."""
        return isinstance(self.verdict, Permit)


def explain(policy: Policy, case: Case, now: datetime) -> Explanation:
    """The same requests that `Policy` decides, with what led to each. Raises nothing for a policy that errs."""
    if case.act is not None:
        return _act(policy, case, now)
    relations = case.standing.in_force(now)
    facts = facts_of(case.caller, case.patient, relations, case.standing.restricted)
    told = {**_told(facts, case), "purpose": str(case.purpose), "destination": str(case.destination_class)}
    if case.document is None:
        asked = question(case.caller, facts, case.purpose, case.destination_class, now)
        made = policy.answer(facts, asked)
        return Explanation(made.verdict, made.led, {**told, "may_read": may_read(case.caller)})
    kind, classes = case.document
    open_now = opened(case.standing, relations, case.purpose)
    labels = (case.document,)
    requests = readings(case.caller, facts, open_now, labels, case.purpose, case.destination_class, now)
    answers = {field: policy.answer(facts, one, labels) for field, one in zip(FIELDS, requests, strict=True)}
    told |= {
        "may_read": may_read(case.caller, kind),
        "kind": str(kind),
        "classes": sorted(classes),
        "consented": sorted(open_now.consented),
        "granted": sorted(open_now.granted),
    }
    failed = [one for one in answers.values() if one.verdict == POLICY_ERROR]
    text: Answer = failed[0] if failed else answers[DocumentField.TEXT]
    fields = tuple(field for field, one in answers.items() if isinstance(one.verdict, Permit))
    return Explanation(text.verdict, text.led, told, fields)


def _act(policy: Policy, case: Case, now: datetime) -> Explanation:
    facts = facts_of(case.caller, None, (), restricted=False)
    fresh = policy.freshness.holds(case.caller, now)
    made = policy.answer(facts, act(case.caller, facts, str(case.act), own=case.own, step_up=fresh, now=now))
    return Explanation(
        made.verdict, made.led, {**_told(facts, case), "act": str(case.act), "own": case.own, "step_up": fresh}
    )


def _told(facts: Facts, case: Case) -> dict[str, Any]:
    told: dict[str, Any] = {
        "roles": sorted(facts.roles),
        "credential": str(case.caller.kind),
        "acting_service": case.caller.service is not None,
    }
    if facts.patient is None:
        return told
    return told | {
        "in_care": facts.in_care,
        "direct_care": facts.direct_care,
        "own_record": facts.own,
        "proxy": facts.proxy,
        "emergency": facts.emergency,
        "restricted": facts.restricted,
    }
