"""Every address beside `/v1` that the gateway serves: administration, directory, token exchange.

The pages stand in cli/console_routes.py.
"""

from starlette.routing import BaseRoute

from phiward.gateway.admin.app import Admin, admin_mount
from phiward.gateway.admin.door import BearerDoor
from phiward.gateway.emergency import EmergencyRoutes
from phiward.gateway.scim.routes import Scim
from phiward.gateway.token import TokenEndpoint
from phiward.identity.credentials import parse_credential
from phiward.settings import Settings
from phiward.wiring.access import Access
from phiward.wiring.base import utc_now


def access_routes(settings: Settings, access: Access) -> list[BaseRoute]:
    """In one list, so that a test can hold each against the table of expected decisions."""
    door = BearerDoor(access.people, parse_credential)
    admin = Admin(door, access.policy, access.desk, access.policy.rules, utc_now)
    routes: list[BaseRoute] = [
        admin_mount(admin),
        *Scim(access.directory, settings.origin, settings.max_body_bytes).routes(),
        TokenEndpoint(access.admission).route(),
        *EmergencyRoutes(door, access.policy, access.may_open, access.emergencies, access.refused, utc_now).routes(),
    ]
    return routes
