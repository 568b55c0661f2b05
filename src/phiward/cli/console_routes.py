"""Every page of the console in one list: what a page module declares becomes routes here and nowhere else."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from phiward.console.access_report import AccessReportPages
from phiward.console.answers import AnswerPages
from phiward.console.ask import AskPages, Bedside
from phiward.console.audit import AuditPages
from phiward.console.emergency import EmergencyPages
from phiward.console.frame import Frame
from phiward.console.health import HealthPages
from phiward.console.pages import Pages
from phiward.console.patients import PatientPages
from phiward.console.people import PeoplePages
from phiward.console.queue import QueuePages
from phiward.console.reported import ReportedPages
from phiward.console.review import ReviewPages
from phiward.console.session_pages import SessionPages
from phiward.console.sign_in import SignInPages
from phiward.console.start import StartPage
from phiward.console.vendors import VendorPages
from phiward.console.visits import Page
from phiward.settings import Settings
from phiward.wiring.base import utc_now
from phiward.wiring.console import ConsoleHouse


def console_routes(settings: Settings, house: ConsoleHouse) -> list[BaseRoute]:
    """The door, the session, and the pages of each role. The order of `declared` is that of the bar."""
    pages, access = Pages(settings.organisation, provider_origin(settings)), house.access
    frame = Frame(house.sessions, house.drafts, house.submissions, house.log, pages, settings.origin, utc_now)
    door = SignInPages(access.sign_in, house.sessions, pages, settings.origin)
    session = SessionPages(house.sessions, house.drafts, settings.origin, utc_now)
    declared = declared_pages(settings, house, door)
    start = StartPage(declared)
    mine = [*start.declared(), *door.declared(), *session.declared(), *declared]
    return [*door.routes(), *session.routes(), *frame.routes(mine)]


def declared_pages(settings: Settings, house: ConsoleHouse, door: SignInPages) -> Sequence[Page]:
    """The pages of clinicians, officers and engineers, in the order of the bar. A new page module is added here."""
    bedside = Bedside(house.patients, house.glass)
    asking = AskPages(bedside, house.answering, house.models, house.answers)
    answers = AnswerPages(bedside, house.answers, house.reading, house.reports, asking)
    emergency = EmergencyPages(house.glass, house.drafts, door)
    clinicians = [
        *PatientPages(house.patients).declared(), *asking.declared(), *answers.declared(), *emergency.declared(),
    ]  # fmt: skip
    office = [
        *QueuePages(house.queue).declared(), *ReviewPages(house.review, house.drafts, door).declared(),
        *ReportedPages(house.review, house.drafts, door).declared(), *AccessReportPages(house.people).declared(),
        *AuditPages(house.trail).declared(), *PeoplePages(house.people, house.drafts, door).declared(),
        *VendorPages(house.operations, settings.timezone).declared(), *HealthPages(house.operations).declared(),
    ]  # fmt: skip
    return [*clinicians, *office]


def provider_origin(settings: Settings) -> tuple[str, ...]:
    """Where forms of ours are redirected to besides ourselves."""
    if settings.oidc_issuer is None:
        return ()
    provider = urlsplit(settings.oidc_issuer)
    return (f"{provider.scheme}://{provider.netloc}",)
