"""A document as the policies see it, and what of it may be read.

Minimum necessary: 45 CFR 164.502(b). Protected classes: 45 CFR 164.508(a)(2), 42 CFR part 2, state law.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from phiward.domain.access import DataClass, DocumentField, DocumentKind
from phiward.domain.patients import DocumentId
from phiward.domain.verdict import Deny, Permit, Verdict

FIELDS = tuple(DocumentField)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """All that a rule may know of a document; `classes` closes it unless each is opened."""

    id: DocumentId
    kind: DocumentKind
    classes: frozenset[DataClass] = frozenset()


@dataclass(frozen=True, slots=True)
class Readable:
    """`fields` may be read; none of what is missing. `decided` is what was said of the text, the most telling field."""

    id: DocumentId
    fields: frozenset[DocumentField]
    decided: Verdict

    @property
    def rule(self) -> str:
        """The id of the rule that opened or closed the text."""
        return self.decided.rule

    @property
    def reason(self) -> str | None:
        """Why the text is closed; None where it is open."""
        return self.decided.reason if isinstance(self.decided, Deny) else None


def decided(verdicts: Sequence[Verdict]) -> tuple[frozenset[DocumentField], Verdict]:
    """Which fields are open, and what was said of the text; `verdicts` in the order of FIELDS."""
    by_field = dict(zip(FIELDS, verdicts, strict=True))
    fields = frozenset(field for field, verdict in by_field.items() if isinstance(verdict, Permit))
    return fields, by_field[DocumentField.TEXT]
