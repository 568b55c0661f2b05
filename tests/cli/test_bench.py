"""`phiward bench`."""

from pathlib import Path

from phiward.cli.bench import NAMES
from tests.cli.conftest import Installation


def test_an_unknown_measurement_is_bad_use(installation: Installation) -> None:
    """And tells which there are."""
    ran = installation.run("bench", "speed")
    assert ran.code == 2
    assert "gateway" in ran.err


def test_every_measurement_that_is_offered_stands_in_the_checkout() -> None:
    """The command runs these files."""
    folder = Path(__file__).parents[2] / "bench"
    assert all((folder / f"{name}.py").is_file() for name in NAMES)
