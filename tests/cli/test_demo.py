"""`phiward demo --check`: the whole tour, as a newcomer's machine runs it."""

import tempfile
from pathlib import Path

from tests.cli.conftest import Installation


def left_behind() -> set[Path]:
    """Folders of demonstrations."""
    return set(Path(tempfile.gettempdir()).glob("phiward-demo-*"))


def test_the_demonstration_holds_every_promise_and_leaves_nothing(installation: Installation) -> None:
    """JSON, exit code 0, no folder and no process."""
    before = left_behind()
    ran = installation.run("demo", "--check")
    assert ran.code == 0, ran
    told = ran.told
    assert told["holds"]
    assert len(told["checks"]) >= 7
    assert all(check["holds"] for check in told["checks"])
    assert "Okafor" in told["typed"]
    assert "Okafor" not in told["received"]
    assert left_behind() == before
