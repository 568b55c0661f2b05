"""What the commands open is used in tests/cli and tests/wiring/test_runtime.py; here, what is never asked."""

from phiward.wiring.registrar import _never_down


async def test_enrolling_codes_never_finds_the_provider_down() -> None:
    """Codes are used at the gateway alone."""
    assert await _never_down() is True
