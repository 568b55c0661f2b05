"""Handlers of what somebody decides: grants, consents, the flag, services; and of what explains it all."""

from collections.abc import Sequence
from uuid import UUID

from phiward.domain import administration
from phiward.domain.access import RelationSource
from phiward.domain.access_report import summary_of_patient, summary_of_person
from phiward.domain.errors import PatientNotFoundError
from phiward.gateway.admin.asked import Asked
from phiward.gateway.admin.models import (
    AccessReport,
    AccessRow,
    Consent,
    Document,
    Flag,
    FlagSet,
    Grant,
    Made,
    MadeService,
    NewConsent,
    NewGrant,
    NewService,
    Page,
    ReportAsked,
    Rule,
    Rules,
    Service,
)


async def list_grants(asked: Asked) -> Page[Grant]:
    """List every access grant, without its reason."""
    return asked.page(Grant, await asked.desk.access.grants.grants(asked.tenant, asked.after, asked.limit))


async def add_grant(asked: Asked) -> Made:
    """Give a person access to a patient; who asks is the approver."""
    body: NewGrant = asked.body
    asked.refuse_own(body.person)
    grant = administration.NewGrant(
        body.kind,
        body.person,
        await asked.patient(),
        body.basis,
        asked.caller.person,
        body.reason,
        asked.span,
        body.classes,
    )
    return Made(id=await asked.desk.access.grants.add_grant(asked.tenant, grant))


async def revoke_grant(asked: Asked) -> None:
    """Revoke a grant."""
    await asked.desk.access.grants.revoke_grant(asked.tenant, asked.ids["grant"])


async def list_consents(asked: Asked) -> Page[Consent]:
    """List the patients' consents to classes of data."""
    return asked.page(Consent, await asked.desk.access.grants.consents(asked.tenant, asked.after, asked.limit))


async def add_consent(asked: Asked) -> Made:
    """Record a patient's consent to a class of data, for a purpose."""
    body: NewConsent = asked.body
    made = await asked.desk.access.grants.add_consent(
        asked.tenant, await asked.patient(), body.data_class, body.purpose, asked.span
    )
    return Made(id=made)


async def revoke_consent(asked: Asked) -> None:
    """Record that a patient takes a consent back."""
    await asked.desk.access.grants.revoke_consent(asked.tenant, asked.ids["consent"])


async def set_flag(asked: Asked) -> FlagSet:
    """Flag a patient's record as restricted, or take the flag away."""
    body: Flag = asked.body
    patient = await asked.patient()
    return FlagSet(before=await asked.desk.access.grants.set_restricted(asked.tenant, patient, body.restricted))


async def list_services(asked: Asked) -> Page[Service]:
    """List services."""
    return asked.page(Service, await asked.desk.access.services.services(asked.tenant, asked.after, asked.limit))


async def add_service(asked: Asked) -> MadeService:
    """Add a service; a directory's token is in the answer, this once."""
    body: NewService = asked.body
    made, token = await asked.desk.access.services.add(asked.tenant, body.client_id, body.name, body.kind)
    return MadeService(
        id=made,
        token=None if token is None else token.text.value,
        expires_at=None if token is None else token.expires_at,
    )


async def deactivate_service(asked: Asked) -> None:
    """Deactivate a service."""
    await asked.desk.access.services.deactivate(asked.tenant, asked.ids["service"])


async def report_access(asked: Asked) -> AccessReport:
    """Report who may see a patient, or whom a person may see, and why."""
    body: ReportAsked = asked.body
    if asked.own_only:
        return _of_patient(await asked.desk.reports.who_may_see(asked.tenant, await _own(asked)))
    if body.person is None:
        return _of_patient(await asked.desk.reports.who_may_see(asked.tenant, await asked.patient()))
    rows = await asked.desk.reports.what_may_be_seen_by(asked.tenant, body.person)
    return AccessReport(summary=summary_of_person(rows), rows=_told(rows))


async def _own(asked: Asked) -> UUID:
    """A stranger and a reference that names nobody cost the same work: whom she stands for is looked up first."""
    rows = await asked.desk.reports.what_may_be_seen_by(asked.tenant, asked.caller.person)
    own = {one.patient for one in rows if one.source in (RelationSource.SELF, RelationSource.PROXY)}
    patient = None if asked.body.patient is None else await asked.patient()
    if patient not in own:
        raise PatientNotFoundError
    return patient


def _of_patient(rows: Sequence[administration.AccessRow]) -> AccessReport:
    return AccessReport(summary=summary_of_patient(rows), rows=_told(rows))


def _told(rows: Sequence[administration.AccessRow]) -> tuple[AccessRow, ...]:
    return tuple(AccessRow.model_validate(row) for row in rows)


async def list_rules(asked: Asked) -> Rules:
    """List the rules of the policies in force."""
    return Rules(rules=tuple(Rule.model_validate(rule) for rule in asked.rules))


async def show_document(asked: Asked) -> Document:
    """Describe this API (OpenAPI 3.1)."""
    return Document.model_validate(asked.document)
