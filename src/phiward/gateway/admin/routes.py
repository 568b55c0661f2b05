"""The admin API as one table. What is not in it does not exist; the document and the tests are made from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from phiward.domain.acts import AdministrativeAct as Act
from phiward.gateway.admin import handle_care as care
from phiward.gateway.admin import handle_decisions as decisions
from phiward.gateway.admin import handle_people as people
from phiward.gateway.admin import models as m
from phiward.gateway.admin.asked import Asked

PREFIX = "/admin/v1"
Handler = Callable[[Asked], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """`path` is below the prefix; every `{name}` in it is an id. `response` None is 204, without a body."""

    method: str
    path: str
    act: Act
    request: type[m.Model] | None
    response: type[m.Model] | None
    handler: Handler
    own: bool = False  # a patient or a proxy may have it for the record she stands for

    @property
    def paged(self) -> bool:
        """Whether it answers a part of a list."""
        return self.response is not None and issubclass(self.response, m.Page)

    @property
    def status(self) -> int:
        """Of success: 201 where something was made."""
        if self.response is None:
            return 204
        return 201 if issubclass(self.response, m.Made | m.MadeService | m.IssuedKey) else 200


def _lists(path: str, act: Act, listed: type[m.Model], new: type[m.Model], made: type[m.Model],
           reads: Handler, adds: Handler) -> tuple[AdminRoute, AdminRoute]:  # fmt: skip
    return (
        AdminRoute("GET", path, act, None, m.Page[listed], reads),  # type: ignore[valid-type]
        AdminRoute("POST", path, act, new, made, adds),
    )


def _ends(path: str, act: Act, handler: Handler) -> AdminRoute:
    return AdminRoute("DELETE", path, act, None, None, handler)


PEOPLE = (
    *_lists("/people", Act.MANAGE_PEOPLE, m.Person, m.NewPerson, m.Made, people.list_people, people.add_person),
    _ends("/people/{person}", Act.MANAGE_PEOPLE, people.deactivate_person),
    AdminRoute("PUT", "/people/{person}/links", Act.MANAGE_PEOPLE, m.Links, None, people.set_links),
    AdminRoute("PUT", "/people/{person}/roles", Act.MANAGE_ROLES, m.Roles, m.HeldRoles, people.set_roles),
    *_lists("/people/{person}/keys", Act.MANAGE_KEYS, m.Key, m.NewKey, m.IssuedKey,
            people.list_keys, people.issue_key),
    _ends("/people/{person}/keys/{key}", Act.MANAGE_KEYS, people.revoke_key),
    AdminRoute("GET", "/people/{person}/sessions", Act.MANAGE_SESSIONS, None, m.Page[m.Session], people.list_sessions),
    AdminRoute("DELETE", "/people/{person}/sessions", Act.MANAGE_SESSIONS, None, m.EndedSessions, people.end_sessions),
)  # fmt: skip
CARE = (
    *_lists("/relations", Act.MANAGE_RELATIONS, m.Relation, m.NewRelation, m.Made,
            care.list_relations, care.add_relation),
    _ends("/relations/{relation}", Act.MANAGE_RELATIONS, care.end_relation),
    *_lists("/units", Act.MANAGE_RELATIONS, m.Unit, m.NewUnit, m.Made, care.list_units, care.add_unit),
    *_lists("/units/{unit}/members", Act.MANAGE_RELATIONS, m.Member, m.NewMember, m.Made,
            care.list_members, care.add_member),
    _ends("/units/{unit}/members/{member}", Act.MANAGE_RELATIONS, care.end_member),
    *_lists("/units/{unit}/patients", Act.MANAGE_RELATIONS, m.UnitPatient, m.NewUnitPatient, m.Made,
            care.list_unit_patients, care.add_unit_patient),
    _ends("/units/{unit}/patients/{place}", Act.MANAGE_RELATIONS, care.end_unit_patient),
    *_lists("/covers", Act.MANAGE_RELATIONS, m.Cover, m.NewCover, m.Made, care.list_covers, care.add_cover),
    _ends("/covers/{cover}", Act.MANAGE_RELATIONS, care.end_cover),
)  # fmt: skip
DECISIONS = (
    *_lists("/grants", Act.MANAGE_GRANTS, m.Grant, m.NewGrant, m.Made, decisions.list_grants, decisions.add_grant),
    _ends("/grants/{grant}", Act.MANAGE_GRANTS, decisions.revoke_grant),
    *_lists("/consents", Act.MANAGE_GRANTS, m.Consent, m.NewConsent, m.Made,
            decisions.list_consents, decisions.add_consent),
    _ends("/consents/{consent}", Act.MANAGE_GRANTS, decisions.revoke_consent),
    AdminRoute("PUT", "/restricted", Act.MANAGE_GRANTS, m.Flag, m.FlagSet, decisions.set_flag),
    *_lists("/services", Act.MANAGE_SERVICES, m.Service, m.NewService, m.MadeService,
            decisions.list_services, decisions.add_service),
    _ends("/services/{service}", Act.MANAGE_SERVICES, decisions.deactivate_service),
    AdminRoute("POST", "/access-report", Act.READ_ACCESS_REPORT, m.ReportAsked, m.AccessReport,
               decisions.report_access, own=True),
    AdminRoute("GET", "/policy", Act.READ_POLICY, None, m.Rules, decisions.list_rules),
    AdminRoute("GET", "/openapi.json", Act.READ_POLICY, None, m.Document, decisions.show_document),
)  # fmt: skip
ROUTES: tuple[AdminRoute, ...] = (*PEOPLE, *CARE, *DECISIONS)
