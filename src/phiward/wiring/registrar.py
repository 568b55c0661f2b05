"""What the commands change things with, on the registrar's role."""

import contextlib
import getpass
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from phiward.adapters.postgres.access_registry import AccessRegistry
from phiward.adapters.postgres.access_report import AccessReports
from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.intake.writer import RecordsWriter
from phiward.adapters.postgres.offline import OfflineFactors
from phiward.adapters.postgres.registry import Registry
from phiward.adapters.postgres.roles import REGISTRAR
from phiward.adapters.postgres.schema_version import refuse_other_schema
from phiward.adapters.postgres.vendor_registry import VendorRegistry
from phiward.audit.leaf import encode_leaf
from phiward.domain.people import PersonId, TenantId
from phiward.domain.text import Secret
from phiward.settings import Settings
from phiward.vault.vault import Vault
from phiward.wiring.base import conninfo, open_database, open_vault, utc_now


@dataclass(frozen=True, slots=True)
class Registrar:
    """What the commands change things with: people, vendors, records of one organisation."""

    tenant: TenantId
    registry: Registry
    vendors: VendorRegistry
    writer: RecordsWriter
    administration: Administration
    access: AccessRegistry
    reports: AccessReports
    vault: Vault

    async def enrol_offline(self, person: PersonId) -> tuple[Secret, ...]:
        """New offline codes; the former ones end. Raises InvalidRequestError."""
        return await OfflineFactors(self.administration, _never_down).enrol(self.tenant, person)

    async def record(self, action: str, facts: dict[str, Any]) -> None:
        """An administrative act that changed nothing else, for example a finished import."""
        async with self.administration.change(self.tenant, action) as change:
            change.facts.update(facts)


async def _never_down() -> bool:
    return True  # enrolling asks nobody; using a code is the gateway's


@asynccontextmanager
async def open_registrar(settings: Settings) -> AsyncIterator[Registrar]:
    """For commands; the database must run."""
    named = conninfo(settings, REGISTRAR)
    await refuse_other_schema(named)
    with contextlib.ExitStack() as keys:
        vault = open_vault(settings, keys)
        async with open_database(settings, REGISTRAR) as database:
            actor = f"{getpass.getuser()} (uid {os.getuid()})"
            administration = Administration(database, encode_leaf, utc_now, actor)
            registry = Registry(administration, vault)
            tenant = await registry.ensure_tenant(settings.organisation)
            writer = RecordsWriter(database, vault, vault)
            access, reports = AccessRegistry(administration, vault), AccessReports(administration, vault)
            vendors = VendorRegistry(administration, vault)
            yield Registrar(tenant, registry, vendors, writer, administration, access, reports, vault)
