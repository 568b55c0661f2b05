"""The log cannot be written: requests are refused in clear words, and nothing is released."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.system.harness import Hospital


def test_a_refused_insert_refuses_the_request(hospital: Hospital) -> None:
    """The database says no: 503 by name, and the upstream hears nothing."""
    with hospital.superuser() as connection:
        connection.execute("REVOKE INSERT ON audit_entry FROM phiward_app")
    try:
        hospital.upstream.forget()
        answer = hospital.post("dose?")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "audit_unavailable"
        assert hospital.upstream.received == []
    finally:
        with hospital.superuser() as connection:
            connection.execute("GRANT INSERT ON audit_entry TO phiward_app")
    assert hospital.post("dose?").status_code == 200


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own that can really be full."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-disk-", dir="/tmp"))
    folder.chmod(0o711)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_full_disk_refuses_and_releases_nothing_and_recovers(small_disk: Path) -> None:
    """Fill the disk for real; every answer is a refusal; free it, and requests work again."""
    hospital = Hospital(environment={"PHIWARD_DATA_DIR": str(small_disk / "data")}, patients=3)
    filler = small_disk / "filler"
    try:
        hospital.start()
        assert hospital.post("dose?").status_code == 200
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
            except OSError:
                pass
        answers: list[httpx2.Response] = []
        for _ in range(400):
            hospital.upstream.forget()
            answers.append(hospital.post("x " * 3000))
            if answers[-1].status_code != 200:
                break
        assert answers[-1].status_code == 503  # at the intent, or at the outcome of one whose intent still had room
        hospital.upstream.forget()
        refused = hospital.post("x " * 3000)
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] in ("audit_unavailable", "storage_unavailable")
        assert hospital.upstream.received == []
        filler.unlink()
        limit = 60
        while hospital.post("dose?").status_code != 200 and limit:
            limit -= 1
        assert hospital.post("dose?").status_code == 200
        assert hospital.command("audit", "verify")["holds"]
    finally:
        filler.unlink(missing_ok=True)
        hospital.close()
