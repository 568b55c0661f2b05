"""The gateway of a demonstration: `phiward serve`, and the demonstration's door. Started by `phiward demo` alone.

    python -m phiward.cli.demo_gateway PORT READY_FILE  < entrances.json

It is no command, and refuses to listen anywhere but on loopback.
"""

import json
import sys
from pathlib import Path

from starlette.routing import BaseRoute

from phiward.cli.common import fail, read_settings
from phiward.cli.console_routes import console_routes
from phiward.cli.demo_door import DemoDoor, entrances_of
from phiward.cli.serve import run_gateway
from phiward.domain.errors import ConfigurationError, PhiwardError
from phiward.domain.people import PersonId, TenantId
from phiward.logs import configure_logs
from phiward.settings import Settings, is_loopback
from phiward.wiring.access import limit_book
from phiward.wiring.base import embedded_database, utc_now
from phiward.wiring.runtime import Runtime


def main() -> None:
    """Serve until ended."""
    port, ready, told = int(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin)
    try:
        settings = read_settings().model_copy(update={"port": port, "oidc_issuer": None, "public_url": None})
        serve_demonstration(settings, ready, entrances_of(told))
    except PhiwardError as error:
        raise SystemExit(fail(error).exit_code) from None


def serve_demonstration(settings: Settings, ready: Path | None, entrances: dict[str, PersonId]) -> None:
    """The gateway with its pages and the door. Raises ConfigurationError off loopback, or on a database of others."""
    if not is_loopback(settings.host) or settings.database_url is not None:
        raise ConfigurationError("A demonstration listens on loopback, on a database of its own.")
    settings.refuse_contradictions()
    configure_logs(settings.log_level)

    def pages(settings: Settings, runtime: Runtime) -> list[BaseRoute]:
        access = runtime.access
        acr = settings.step_up_acr[0] if settings.step_up_acr else "none"
        tenant = TenantId(access.tenant)
        door = DemoDoor(access.sessions, tenant, limit_book(settings), acr, utc_now, entrances)
        return [*console_routes(settings, runtime.console), *door.routes()]

    with embedded_database(settings, own=True):
        run_gateway(settings, ready, pages)


if __name__ == "__main__":
    main()
