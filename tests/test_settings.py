"""The settings refuse contradictions by name and never print a secret."""

from pathlib import Path
from typing import Any

import pytest

from phiward.domain.errors import ConfigurationError
from phiward.settings import Settings, is_loopback


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No PHIWARD_ variable of the surrounding shell."""
    import os

    for name in list(os.environ):
        if name.startswith("PHIWARD_"):
            monkeypatch.delenv(name)
    return tmp_path


def test_keys_inside_the_data_folder_are_refused(clean: Path) -> None:
    """A backup of the data would carry the keys, and a restore would revive destroyed ones."""
    with pytest.raises(ConfigurationError, match="SECRETS_DIR"):
        Settings(data_dir=clean, secrets_dir=clean / "secrets").refuse_contradictions()


def test_plain_http_beyond_loopback_is_refused(clean: Path) -> None:
    """Any other address needs a certificate."""
    with pytest.raises(ConfigurationError, match="TLS_CERTIFICATE"):
        Settings(data_dir=clean / "d", secrets_dir=clean / "s", host="0.0.0.0").refuse_contradictions()  # noqa: S104


def test_a_certificate_without_its_key_is_refused(clean: Path) -> None:
    """Half a pair is a mistake."""
    with pytest.raises(ConfigurationError, match="together"):
        Settings(tls_certificate=clean / "c.pem").refuse_contradictions()


@pytest.mark.parametrize("half", [{"signer_socket": Path("/run/signer")}, {"signer_public_key": "a+b+c"}])
def test_a_signer_without_its_key_is_refused(clean: Path, half: dict[str, Any]) -> None:
    """The key is never taken from the socket."""
    with pytest.raises(ConfigurationError, match="SIGNER_PUBLIC_KEY"):
        Settings(data_dir=clean / "d", secrets_dir=clean / "s", **half).refuse_contradictions()


def test_loopback_over_plain_http_is_allowed(clean: Path) -> None:
    """The default is safe: nothing leaves the machine."""
    Settings(data_dir=clean / "d", secrets_dir=clean / "s").refuse_contradictions()
    assert Settings().host == "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("127.0.0.1", True, id="the usual one"),
        pytest.param("127.9.9.9", True, id="the whole range is loopback"),
        pytest.param("::1", True, id="IPv6"),
        pytest.param("localhost", True, id="the name"),
        pytest.param("localhost.example.org", False, id="a name that only begins like it"),
        pytest.param("10.0.0.1", False, id="a private network is a network"),
        pytest.param("", False, id="every interface"),
    ],
)
def test_only_loopback_is_loopback(host: str, expected: bool) -> None:
    """A wrong yes would open PHI to a network in clear."""
    assert is_loopback(host) is expected


def test_the_database_password_does_not_print(clean: Path) -> None:
    """Settings end up in logs and tracebacks."""
    settings = Settings(database_url="postgresql://admin:hunter2@localhost/x")  # type: ignore[arg-type]
    assert "hunter2" not in repr(settings)


def test_every_setting_says_what_it_is() -> None:
    """The settings page of the docs is made from these."""
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"anchor_tsa_url": "https://tsa.example"}, "together", id="a time stamp that nothing verifies"),
        pytest.param({"anchor_s3_endpoint": "https://a:b@s3.example"}, "S3_ENDPOINT", id="a password in an address"),
        pytest.param({"anchor_s3_endpoint": "s3.example"}, "S3_ENDPOINT", id="no scheme"),
        pytest.param(
            {"anchor_tsa_url": "ftp://tsa.example", "anchor_tsa_certificates": Path("x")}, "TSA_URL", id="no http"
        ),
    ],
)
def test_an_anchor_that_cannot_be_used_or_holds_a_secret_is_refused(
    clean: Path, changes: dict[str, object], named: str
) -> None:
    """Addresses are printed; credentials come by files or boto3's own chain."""
    with pytest.raises(ConfigurationError, match=named):
        Settings(data_dir=clean / "d", secrets_dir=clean / "s", **changes).refuse_contradictions()
