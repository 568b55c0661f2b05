"""moto's server on loopback: a stand-in for the shape of requests. It does not enforce Object Lock."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from phiward.adapters.watched.bucket import s3_client
from tests.adapters.anchors.buckets import LOCKED, PLAIN


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The stand-in's address."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Credentials come by boto3's own chain; one bucket with a lock and one without, both new."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    made = s3_client(endpoint, "us-east-1")
    made.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
    made.create_bucket(Bucket=PLAIN)
    yield made
    made.close()
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST"), timeout=10).close()
