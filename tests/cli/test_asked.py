"""What the commands on access share."""

import io
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import typer

from phiward.cli import asked
from phiward.domain.administration import Span, UnitEntry


def test_a_reason_that_cannot_be_read_is_bad_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Missing, or no text."""
    binary = tmp_path / "reason"
    binary.write_bytes(b"\xff\xfe")
    for file in (tmp_path / "gone", binary):
        with pytest.raises(typer.Exit) as caught:
            asked.reason(file)
        assert caught.value.exit_code == 2
    assert "reason-file" in capsys.readouterr().err


def test_a_reason_comes_from_a_file_or_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never from the command line."""
    file = tmp_path / "reason"
    file.write_text("consult")
    assert asked.reason(file) == "consult"
    monkeypatch.setattr("sys.stdin", io.StringIO("from input"))
    assert asked.reason(Path("-")) == "from input"


async def test_a_reference_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line of it."""
    seen: list[str] = []

    async def find(_: UUID, reference: str) -> UUID:
        seen.append(reference)
        return UUID(int=1)

    registrar: Any = SimpleNamespace(tenant=UUID(int=0), registry=SimpleNamespace(patient_by_reference=find))
    monkeypatch.setattr("sys.stdin", io.StringIO("mrn-1\nmore"))
    await asked.patient(registrar, "-")
    await asked.patient(registrar, "mrn-2")
    assert seen == ["mrn-1\n", "mrn-2"]


def test_times_are_utc_and_none_stays_none() -> None:
    """As the help says."""
    at = datetime(2026, 12, 1)
    assert asked.span(None, at) == Span(None, datetime(2026, 12, 1, tzinfo=UTC))
    assert asked.span(None, None) == Span()


async def test_a_list_is_read_to_its_end() -> None:
    """Page by page."""
    rows = sorted((UnitEntry(uuid4(), "Ward", "panel") for _ in range(450)), key=lambda one: one.id)

    async def read(after: UUID, limit: int) -> list[UnitEntry]:
        return [one for one in rows if one.id > after][:limit]

    assert [one["id"] for one in await asked.everything(read)] == [one.id for one in rows]
