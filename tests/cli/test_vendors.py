"""`phiward vendor`."""

from pathlib import Path

import pytest

from tests.cli.conftest import Installation

PLACE = ("--vendor", "acme", "--service", "chat", "--endpoint", "https://models.example.org/v1")


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param("http://models.example.org/v1", id="plain HTTP beyond loopback"),
        pytest.param("https://user:pass@models.example.org/v1", id="a credential in the address"),
        pytest.param("ftp://models.example.org", id="another scheme"),
    ],
)
def test_an_unsafe_endpoint_is_refused(installation: Installation, endpoint: str) -> None:
    """Exit code 2, and the endpoint is not repeated."""
    words = ("--vendor", "acme", "--service", "chat", "--endpoint", endpoint, "--model", "m")
    ran = installation.run("vendor", "add", "unsafe", *words)
    assert ran.code == 2
    assert "pass@" not in ran.err


def test_a_destination_its_agreement_and_its_accepted_risk(installation: Installation, tmp_path: Path) -> None:
    """Added, listed, ended; the API key comes from a file and is never printed."""
    secret = tmp_path / "key"
    secret.write_text("sk-very-secret\n")
    made = installation.json("vendor", "add", "acme", *PLACE, "--model", "gpt=upstream", "--api-key-file", str(secret))
    assert made["models"] == ["gpt"]
    agreement = installation.json("vendor", "baa", *PLACE, "--until", "2099-01-01")["baa"]
    risk = ("--by", "dr.test", "--reason", "pilot", "--until", "2099-01-01")
    acceptance = installation.json("vendor", "accept-risk", "acme", *risk)["acceptance"]
    listed = installation.run("vendor", "list", "--json")
    assert "sk-very-secret" not in listed.out
    told = listed.told
    assert told["destinations"][0]["api_key"] is True
    assert [one["in_force"] for one in told["agreements"]] == [True]
    installation.json("vendor", "end-baa", agreement)
    installation.json("vendor", "revoke-risk", acceptance)
    installation.json("vendor", "remove", "acme")
    told = installation.json("vendor", "list")
    assert not any(one["in_force"] for one in told["agreements"] + told["accepted risks"])
    assert told["destinations"][0]["active"] is False
    assert "Destinations" in installation.run("vendor", "list").out


def test_a_file_that_is_not_there_is_named_by_its_option(installation: Installation) -> None:
    """Not by a traceback."""
    ran = installation.run("vendor", "add", "x", *PLACE, "--model", "m", "--api-key-file", "/nonexistent/key")
    assert ran.code == 2
    assert "api-key-file" in ran.err
