"""`phiward audit anchor verify-worm`, against moto: a fake that proves nothing about Object Lock, and must not pass.

Exit code 0 is shown against a real store in tests/worm.
"""

from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.cli.conftest import Installation

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
WORDS = ("audit", "anchor", "verify-worm")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The stand-in's address, with one bucket that says it is locked, and one that does not."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    client.create_bucket(Bucket="plain")
    client.close()
    yield address
    server.stop()


def test_without_a_bucket_the_setting_is_named(installation: Installation) -> None:
    """Exit code 2, and what to do."""
    ran = installation.run(*WORDS)
    assert ran.code == 2
    assert "PHIWARD_ANCHOR_S3" in ran.err
    assert installation.run(*WORDS, "--bucket", "bucket").code == 2


def test_a_bucket_without_a_lock_cannot_be_told(installation: Installation, endpoint: str) -> None:
    """Exit code 2; by the settings."""
    settings = {"PHIWARD_ANCHOR_S3": "s3://plain/anchors", "PHIWARD_ANCHOR_S3_ENDPOINT": endpoint}
    ran = installation.run(*WORDS, **KEYS, **settings)
    assert ran.code == 2
    assert "cannot tell" in ran.out


def test_moto_is_a_fake_that_does_not_enforce_the_lock_and_is_reported_as_such(
    installation: Installation, endpoint: str
) -> None:
    """Exit code 1, naming what it allowed; no credential is printed, and the probe is on record."""
    words = (*WORDS, "--bucket", "s3://locked/anchors", "--endpoint-url", endpoint)
    ran = installation.run(*words, "--json", **KEYS)
    assert ran.code == 1, ran
    assert ran.told["holds"] is False
    assert {"shorten", "downgrade", "suspend"} <= {
        step["code"] for step in ran.told["steps"] if step["verdict"] == "broken"
    }
    text = installation.run(*words, **KEYS)
    assert text.code == 1
    assert "DOES NOT HOLD" in text.out
    assert "suspend versioning" in text.out
    assert "testing" not in text.out + text.err
    assert installation.json("audit", "verify")["holds"]
