"""What signing in hands around."""

from datetime import UTC, datetime

from phiward.domain.sign_in import Entered, Leap, SessionView
from phiward.domain.text import Secret

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_tokens_addresses_and_names_are_not_printed() -> None:
    """They stay out of logs."""
    told = repr(
        (
            Leap("https://idp.example/auth?state=secret", Secret("browser-mark")),
            Entered(Secret("phs_token"), "/"),
            SessionView("Dr Basil Mockridge", ("physician",), AT, None, AT, None, 15),
        )
    )
    for secret in ("state=secret", "browser-mark", "phs_token", "Mockridge"):
        assert secret not in told
