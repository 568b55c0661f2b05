"""The decision: Cedar's answer, with the rule that decided and its reason in plain words.

Anything but a clean answer denies: an evaluation error, facts that do not fit the schema, an engine
that fails. A `forbid` wins over every `permit`, and without a `permit` nothing is allowed.
"""

from datetime import datetime
from functools import lru_cache
from importlib.resources.abc import Traversable

import cedarpy

from phiward.domain.access import CARE, Standing
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PurposeOfUse
from phiward.domain.vendors import DestinationClass
from phiward.domain.verdict import Deny, Permit, Verdict
from phiward.policy.facts import Facts, entities_json, request
from phiward.policy.rules import Rule, RuleBook, read_rules, shipped_policies

POLICY_ERROR = Deny("policy_error", "The policy could not be evaluated, so the request is refused.")
DEFAULT_DENY = Deny("default_deny", "No rule permits this role and purpose here.")

_CACHED_ENTITIES = 2048


class Policy:
    """Decides from a rule book. Holds no state of a request; safe for several threads."""

    def __init__(self, book: RuleBook) -> None:
        """`book` was validated by `read_rules`."""
        self._book = book
        # A pure function of the facts; parsing entities anew for each request would double its cost.
        self._entities = lru_cache(_CACHED_ENTITIES)(self._parse)

    @classmethod
    def load(cls, folder: Traversable | None = None) -> "Policy":
        """The shipped policies, or those of `folder`. Raises ConfigurationError when one is unsound."""
        return cls(read_rules(shipped_policies() if folder is None else folder))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule with its reason, in order."""
        return self._book.rules

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
            in_care = patient is not None and any(one.source in CARE for one in standing.in_force(now))
            facts = Facts(caller.person, caller.roles, caller.tenant, patient, in_care)
            answer = cedarpy.is_authorized(
                request(facts, purpose, destination_class, now),
                self._book.policies,
                self._entities(facts),
                self._book.schema,
            )
            return self._verdict(answer)
        except Exception:  # whatever the engine raises must refuse, never pass
            return POLICY_ERROR

    def _parse(self, facts: Facts) -> cedarpy.Entities:
        return cedarpy.Entities.from_json_str(entities_json(facts), self._book.schema)

    def _verdict(self, answer: cedarpy.AuthzResult) -> Verdict:
        if answer.diagnostics.errors or answer.decision is cedarpy.Decision.NoDecision:
            return POLICY_ERROR
        decided = [rule for rule in self._book.rules if rule.cedar_id in answer.diagnostics.reasons]
        if answer.allowed:
            return Permit(decided[0].id) if decided and decided[0].effect == "permit" else POLICY_ERROR
        return Deny(decided[0].id, decided[0].reason) if decided else DEFAULT_DENY
