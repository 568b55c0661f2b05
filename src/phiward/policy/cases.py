"""A question with all its facts, written down: for golden tables, and to be explained without a database.

    {"roles": ["nurse"], "relations": ["CareTeam"], "purpose": "TREAT", "destination": "baa"}

A relation is a word of `RelationSource`, or {"source", "classes", "state"}; state is in_force, ended or future. With
`document` ({"kind", "classes"}) the question is what of such a document may be read; with `act` it is an
administrative act; with `"patient": false` a question without a patient in context.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from phiward.domain.access import Consent, DataClass, DocumentKind, Relation, RelationSource, Standing
from phiward.domain.acts import AdministrativeAct
from phiward.domain.errors import InvalidRequestError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, CredentialKind, PersonId, PurposeOfUse, Role, TenantId
from phiward.domain.text import Secret
from phiward.domain.vendors import DestinationClass
from phiward.policy.facts import Label

Word = TypeVar("Word", bound=StrEnum)

_DAY = timedelta(days=1)
_STATES = {"in_force": (-_DAY, None), "ended": (-2 * _DAY, -_DAY), "future": (_DAY, None)}
_PATIENT = PatientRef(UUID(int=7))


@dataclass(frozen=True, slots=True)
class Case:
    """One question. `document` is a kind and its classes; with `act` only the roles and the credential count."""

    caller: Caller
    patient: PatientRef | None
    standing: Standing
    purpose: PurposeOfUse = PurposeOfUse.TREAT
    destination_class: DestinationClass = DestinationClass.SELF_HOSTED
    document: Label | None = None
    act: AdministrativeAct | None = None
    own: bool = False


def read_case(given: Mapping[str, Any], now: datetime) -> Case:
    """Read one. Raises InvalidRequestError naming the place, for an unknown key or word as well."""
    left = _Given(given)
    fresh, bound = left.flag("fresh"), left.flag("bound")
    caller = Caller(
        PersonId(UUID(int=1)),
        TenantId(UUID(int=2)),
        frozenset(_word(Role, one, "roles") for one in left.items("roles")),
        UUID(int=3),
        now + _DAY,
        Secret("invented"),
        bound_patient=_PATIENT if bound else None,
        kind=left.word(CredentialKind, "credential", CredentialKind.BROWSER),
        service=UUID(int=4) if left.flag("service") else None,
        scopes=frozenset(str(one) for one in left.items("scopes")),
        auth_time=now if fresh else None,
        acr="fresh" if fresh else None,
    )
    act = left.pop("act")
    standing = Standing(
        tuple(_relation(one, now) for one in left.items("relations")),
        tuple(_consent(one) for one in left.items("consents")),
        left.flag("restricted"),
    )
    document = left.pop("document")
    case = Case(
        caller,
        _PATIENT if left.flag("patient", act is None) else None,
        standing,
        left.word(PurposeOfUse, "purpose", PurposeOfUse.TREAT),
        left.word(DestinationClass, "destination", DestinationClass.SELF_HOSTED),
        None if document is None else _label(document),
        None if act is None else _word(AdministrativeAct, act, "act"),
        left.flag("own"),
    )
    left.refuse_rest()
    if case.document is not None and case.patient is None:
        raise InvalidRequestError("A document has a patient.", param="document")
    return case


class _Given:
    """A mapping that is used up; what is left over was misspelt."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        if not isinstance(given, Mapping):
            raise InvalidRequestError("A case is an object.", param="case")
        self._left = dict(given)

    def pop(self, name: str) -> Any:
        return self._left.pop(name, None)

    def flag(self, name: str, otherwise: bool = False) -> bool:
        value = self._left.pop(name, otherwise)
        if not isinstance(value, bool):
            raise InvalidRequestError("This is true or false.", param=name)
        return value

    def items(self, name: str) -> list[Any]:
        value = self._left.pop(name, [])
        if not isinstance(value, list):
            raise InvalidRequestError("This is a list.", param=name)
        return value

    def word(self, words: type[Word], name: str, otherwise: Word) -> Word:
        return _word(words, self._left.pop(name, otherwise), name)

    def refuse_rest(self) -> None:
        if self._left:
            raise InvalidRequestError("The case holds a key that is not known.", param="case")


def _word(words: type[Word], value: Any, param: str) -> Word:
    try:
        return words(value)
    except ValueError:
        known = ", ".join(words)
        raise InvalidRequestError(f"The word is not known; known are: {known}.", param=param) from None


def _relation(given: Any, now: datetime) -> Relation:
    left = _Given({"source": given} if isinstance(given, str) else given)
    source = _word(RelationSource, left.pop("source"), "relations")
    classes = frozenset(_word(DataClass, one, "relations") for one in left.items("classes"))
    begins, ends = _STATES.get(str(left.pop("state") or "in_force"), (None, None))
    left.refuse_rest()
    if begins is None:
        raise InvalidRequestError("The state is in_force, ended or future.", param="relations")
    return Relation(source, now + begins, None if ends is None else now + ends, classes=classes)


def _consent(given: Any) -> Consent:
    left = _Given(given)
    made = Consent(
        _word(DataClass, left.pop("class"), "consents"), str(_word(PurposeOfUse, left.pop("purpose"), "consents"))
    )
    left.refuse_rest()
    return made


def _label(given: Any) -> Label:
    left = _Given(given)
    kind = _word(DocumentKind, left.pop("kind"), "document")
    classes = frozenset(_word(DataClass, one, "document") for one in left.items("classes"))
    left.refuse_rest()
    return kind, classes
