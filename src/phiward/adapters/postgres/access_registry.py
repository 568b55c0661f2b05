"""Administration of access as one thing: persons, units, relations and grants, services.

Each part works on the role of the registrar (commands) or of the warden (the admin API); what either may not
touch, row-level security and its grants refuse (access.sql).
"""

from phiward.adapters.postgres.access_grants import Grants
from phiward.adapters.postgres.access_office import Office
from phiward.adapters.postgres.access_people import PeopleAccess
from phiward.adapters.postgres.access_services import Services
from phiward.adapters.postgres.access_units import Units
from phiward.adapters.postgres.administration import Administration
from phiward.vault.vault import Vault


class AccessRegistry:
    """The parts. Every act is one entry in the log, with before and after, in the same transaction."""

    def __init__(self, administration: Administration, vault: Vault) -> None:
        """`administration` knows who acts; `vault` seals the reasons of grants."""
        office = Office(administration, vault)
        self.people = PeopleAccess(office)
        self.units = Units(office)
        self.grants = Grants(office)
        self.services = Services(office)
