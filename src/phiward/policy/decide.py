"""The decision: Cedar's answer, with the rule that decided and its reason in plain words.

Anything but a clean answer denies: an evaluation error, facts that do not fit the schema, an engine
that fails. A `forbid` wins over every `permit`, and without a `permit` nothing is allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import cedarpy

from phiward.domain.access import Standing
from phiward.domain.acts import AdministrativeAct
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PurposeOfUse
from phiward.domain.vendors import DestinationClass
from phiward.domain.verdict import Deny, Permit, Verdict
from phiward.policy.documents import FIELDS, DocumentFacts, Readable, decided
from phiward.policy.facts import Facts, Label, act, entities_json, facts_of, opened, question, readings
from phiward.policy.rules import Rule, RuleBook, read_rules, shipped_policies
from phiward.policy.step_up import Freshness

POLICY_ERROR = Deny("policy_error", "The policy could not be evaluated, so the request is refused.")
DEFAULT_DENY = Deny("default_deny", "No rule permits this role and purpose here.")

_CACHED_ENTITIES = 2048


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, and every rule that led to it, in order: the first is the one that the verdict names."""

    verdict: Verdict
    led: tuple[Rule, ...] = ()


_FAILED = Answer(POLICY_ERROR)


class Policy:
    """Decides from a rule book. Holds no state of a request; safe for several threads."""

    def __init__(self, book: RuleBook, freshness: Freshness | None = None) -> None:
        """`book` was validated by `read_rules`; `freshness` says what a step-up is."""
        self._book = book
        self.freshness = freshness or Freshness()
        # A pure function of the facts; parsing entities anew for each request would double its cost.
        self._entities = lru_cache(_CACHED_ENTITIES)(self._parse)

    @classmethod
    def load(
        cls, folder: Traversable | None = None, *, extra: Path | None = None, freshness: Freshness | None = None
    ) -> "Policy":
        """The shipped policies, or those of `folder`, and after them an organisation's own of `extra`.

        Raises ConfigurationError when one is unsound, and when a rule of `extra` permits.
        """
        return cls(read_rules(shipped_policies() if folder is None else folder, extra), freshness)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule with its reason, in order."""
        return self._book.rules

    @property
    def digest(self) -> str:
        """Which policies are in force: SHA-256 in hexadecimal (rules.RuleBook)."""
        return self._book.digest

    def decide(
        self,
        caller: Caller,
        patient: PatientRef | None,
        standing: Standing,
        purpose: PurposeOfUse,
        destination_class: DestinationClass,
        now: datetime,
    ) -> Verdict:
        """Whether `caller` may ask, about `patient` or without one.

        `standing` is what stands between them, past relations included. Of several rules
        that forbid, the first in the order of the files is named.
        """
        try:
            facts = facts_of(caller, patient, standing.in_force(now), standing.restricted)
            asked = question(caller, facts, purpose, destination_class, now)
        except Exception:  # facts that cannot be told must refuse, never pass
            return POLICY_ERROR
        return self.answer(facts, asked).verdict

    def readable(
        self,
        caller: Caller,
        patient: PatientRef,
        standing: Standing,
        documents: Sequence[DocumentFacts],
        purpose: PurposeOfUse,
        destination_class: DestinationClass,
        now: datetime,
    ) -> Sequence[Readable]:
        """What of each document of `patient` may be read, in the same order.

        Every rule about the patient is decided again. Documents of one kind and the same classes are decided once.
        """
        labels = tuple(dict.fromkeys((one.kind, one.classes) for one in documents))
        try:
            relations = standing.in_force(now)
            facts = facts_of(caller, patient, relations, standing.restricted)
            classes = opened(standing, relations, purpose)
            requests = readings(caller, facts, classes, labels, purpose, destination_class, now)
            answers = cedarpy.is_authorized_batch(
                requests, self._book.policies, self._entities(facts, labels), self._book.schema
            )
            verdicts = [self._read(answer).verdict for answer in answers]
            if len(verdicts) != len(requests):
                raise ValueError("an answer is missing")
        except Exception:  # one bad document closes all: what could not be decided is not read
            verdicts = [POLICY_ERROR] * (len(labels) * len(FIELDS))
        width = len(FIELDS)
        said = [decided(verdicts[at * width : (at + 1) * width]) for at in range(len(labels))]
        of_label = dict(zip(labels, said, strict=True))
        return [Readable(one.id, *of_label[one.kind, one.classes]) for one in documents]

    def decide_act(self, caller: Caller, done: AdministrativeAct, now: datetime, *, own: bool = False) -> Verdict:
        """Whether `caller` may do an administrative act. `own`: it concerns her own record, or one she is proxy for.

        That nobody reviews or grants for herself is checked where both people are known, by the adapter.
        """
        try:
            facts = facts_of(caller, None, (), restricted=False)
            asked = act(caller, facts, done, own=own, step_up=self.freshness.holds(caller, now), now=now)
        except Exception:  # as in `decide`
            return POLICY_ERROR
        return self.answer(facts, asked).verdict

    def answer(self, facts: Facts, request: dict[str, Any], labels: tuple[Label, ...] = ()) -> Answer:
        """The verdict on one Cedar request, with every rule that led to it; for explanations as well."""
        try:
            entities = self._entities(facts, labels)
            return self._read(cedarpy.is_authorized(request, self._book.policies, entities, self._book.schema))
        except Exception:  # whatever the engine raises must refuse, never pass
            return _FAILED

    def _parse(self, facts: Facts, labels: tuple[Label, ...] = ()) -> cedarpy.Entities:
        return cedarpy.Entities.from_json_str(entities_json(facts, labels), self._book.schema)

    def _read(self, answer: cedarpy.AuthzResult) -> Answer:
        if answer.diagnostics.errors or answer.decision is cedarpy.Decision.NoDecision:
            return _FAILED
        reasons = frozenset(answer.diagnostics.reasons)
        led = tuple(rule for rule in self._book.rules if rule.cedar_id in reasons)
        if answer.allowed:
            return Answer(Permit(led[0].id), led) if led and led[0].effect == "permit" else _FAILED
        return Answer(Deny(led[0].id, led[0].reason), led) if led else Answer(DEFAULT_DENY)
