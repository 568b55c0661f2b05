"""What is administered: each act that a role may or may not do. Who may is a matter of the policies.

Source: 45 CFR 164.308(a)(3) and (4), 164.312(a).
"""

from enum import StrEnum


class AdministrativeAct(StrEnum):
    """One kind of act; the value is the name of the action in the policies."""

    MANAGE_PEOPLE = "manage_people"
    MANAGE_ROLES = "manage_roles"
    MANAGE_KEYS = "manage_keys"
    MANAGE_RELATIONS = "manage_relations"
    MANAGE_GRANTS = "manage_grants"
    MANAGE_VENDORS = "manage_vendors"
    MANAGE_SESSIONS = "manage_sessions"
    MANAGE_SERVICES = "manage_services"
    MANAGE_DIRECTORY = "manage_directory"
    READ_ACCESS_REPORT = "read_access_report"
    READ_INTERACTION = "read_interaction"
    READ_POLICY = "read_policy"
    READ_AUDIT = "read_audit"  # the log: who did what, by opaque ids; never the sealed texts
    READ_OPERATIONS = "read_operations"  # destinations and agreements, key ages, what runs
    REVIEW_EMERGENCY = "review_emergency"
    REQUEST_EMERGENCY = "request_emergency"
