"""The demonstration's gateway refuses to be anything else; what it serves, `phiward demo --check` shows (test_demo)."""

from typing import Any

import pytest
from pydantic import SecretStr

from phiward.cli.demo_gateway import serve_demonstration
from phiward.cli.main import program
from phiward.domain.errors import ConfigurationError
from phiward.settings import Settings


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"host": "::"}, "every address"),
        ({"host": "192.0.2.7"}, "another address"),
        ({"database_url": SecretStr("postgresql://db.example/phiward")}, "somebody's database"),
    ],
)
def test_it_listens_on_loopback_alone_on_a_database_of_its_own(more: dict[str, Any], reason: str) -> None:
    """Before anything is started."""
    with pytest.raises(ConfigurationError, match="A demonstration listens on loopback"):
        serve_demonstration(Settings(**more), None, {})


def test_it_is_no_command() -> None:
    """Nobody starts it by a name of the program."""
    names = {str(one.name or (one.callback and one.callback.__name__)) for one in program().registered_commands}
    assert "demo" in names
    assert not any("gateway" in name for name in names)
