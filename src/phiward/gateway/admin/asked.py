"""One request as the handlers see it: who asks, what she may change, and what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from phiward.domain.administration import Span
from phiward.domain.errors import NotPermittedError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, TenantId
from phiward.gateway.admin.models import Page
from phiward.gateway.admin.paging import HasId, page_of
from phiward.gateway.admin.ports import Desk, RuleEntry


@dataclass(frozen=True, slots=True)
class Asked:
    """Authenticated, permitted and parsed. `ids` are those of the address, `body` the model of the route.

    `own_only`: permitted for the record of the caller herself, or of whom she is proxy, and no other.
    """

    caller: Caller
    desk: Desk
    ids: Mapping[str, UUID]
    body: Any
    after: UUID
    limit: int
    rules: Sequence[RuleEntry]
    document: Mapping[str, Any]
    own_only: bool = False

    @property
    def tenant(self) -> TenantId:
        """The caller's own organisation: there is no way to name another."""
        return self.caller.tenant

    @property
    def span(self) -> Span:
        """From when to when, of a body that says so."""
        return Span(self.body.starts_at, self.body.ends_at)

    async def patient(self) -> PatientRef:
        """Whom the body's reference names. Raises PatientNotFoundError."""
        return await self.desk.registry.patient_by_reference(self.tenant, self.body.patient)

    def page(self, model: type[Any], rows: Sequence[HasId]) -> Page[Any]:
        """The rows as a page of this request."""
        return page_of(model, rows, self.limit)

    def refuse_own(self, person: UUID) -> None:
        """Raise NotPermittedError where an administrator would widen her own access. Separation of duties."""
        if person == self.caller.person:
            raise NotPermittedError("Nobody changes her own access; ask a colleague.", rule="own_access")
