"""Beyond loopback there is no plain HTTP, and with a certificate there is nothing below TLS 1.3."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import trustme

from tests.system.harness import Hospital


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority of the test's own."""
    return trustme.CA()


@pytest.fixture(scope="module")
def secured(authority: trustme.CA) -> Iterator[Hospital]:
    """A gateway with a certificate."""
    hospital = Hospital(patients=3)
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    chain, key = hospital.folder / "cert.pem", hospital.folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    key.write_bytes(certificate.private_key_pem.bytes())
    hospital.environment |= {"PHIWARD_TLS_CERTIFICATE": str(chain), "PHIWARD_TLS_KEY": str(key)}
    try:
        hospital.start()
        yield hospital
    finally:
        hospital.close()


def trusting(authority: trustme.CA, highest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """A client that trusts the authority, and speaks nothing above `highest`."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    if highest is not None:
        context.maximum_version = highest
    return context


def test_tls_1_2_is_refused(secured: Hospital, authority: trustme.CA) -> None:
    """An old client does not fall back."""
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{secured.url}/models", verify=trusting(authority, ssl.TLSVersion.TLSv1_2))


def test_plain_http_on_the_same_port_gets_no_answer(secured: Hospital) -> None:
    """A key must not travel in clear by mistake."""
    with pytest.raises(httpx2.HTTPError):
        httpx2.get(secured.url.replace("https", "http") + "/models")


def test_a_client_that_does_not_trust_the_authority_refuses(secured: Hospital) -> None:
    """The certificate is a real one of its authority, not of ours."""
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{secured.url}/models")


def test_tls_1_3_is_served(secured: Hospital, authority: trustme.CA) -> None:
    """The same answers as on loopback."""
    answer = httpx2.get(
        f"{secured.url}/models",
        headers={"authorization": f"Bearer {secured.physician}"},
        verify=trusting(authority),
    )
    assert answer.status_code == 200


def test_another_address_without_a_certificate_does_not_start(tmp_path: Path) -> None:
    """Refused by name before anything listens."""
    import os
    import subprocess
    import sys

    environment = {
        **os.environ,
        "PHIWARD_DATA_DIR": str(tmp_path / "d"),
        "PHIWARD_SECRETS_DIR": str(tmp_path / "s"),
        "PHIWARD_HOST": "0.0.0.0",  # noqa: S104 - the point is that it is refused
    }
    done = subprocess.run(
        [sys.executable, "-m", "phiward", "serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "PHIWARD_TLS_CERTIFICATE" in done.stderr
