"""The pages in one list; the table of what is served stands in test_routes."""

from phiward.cli.console_routes import provider_origin
from phiward.settings import Settings


def test_a_form_may_lead_to_the_provider_and_to_no_other_host() -> None:
    """Without a provider nowhere."""
    assert provider_origin(Settings()) == ()
    assert provider_origin(Settings(oidc_issuer="https://idp.example:8443/realms/x")) == ("https://idp.example:8443",)
