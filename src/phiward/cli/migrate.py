"""`phiward migrate`: brings the database to the schema of this version. `serve` never does."""

from phiward.adapters.postgres.migrate import migrate as run_migrations
from phiward.adapters.postgres.roles import ensure_roles
from phiward.cli.common import AsJson, fail, read_settings, run, show
from phiward.domain.errors import PhiwardError
from phiward.settings import Settings
from phiward.wiring.base import administrator, database_credentials, embedded_database, prepare_secrets
from phiward.wiring.registrar import open_registrar


def migrate(as_json: AsJson = False) -> None:
    """Create or update the database roles and tables, and the keys where there are none yet."""
    try:
        settings = read_settings()
        prepare_secrets(settings)
        with embedded_database(settings):
            conninfo = administrator(settings)
            ensure_roles(conninfo, database_credentials(settings).passwords)
            revision = run_migrations(conninfo)
            run(_ensure_organisation(settings))
    except PhiwardError as error:
        raise fail(error) from None
    show({"revision": revision, "database": "external" if settings.database_url else "embedded"}, as_json=as_json)


async def _ensure_organisation(settings: Settings) -> None:
    """The organisation of the settings is there, so that the gateway can serve it."""
    async with open_registrar(settings):
        pass
