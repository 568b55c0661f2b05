"""Nothing that was raised with PHI in its words reaches a log line."""

import asyncio
import logging

import pytest
import structlog

from phiward.logs import configure_logs, frames_of, quiet_loop

CANARY = "Zelda Quagmire"


def failed() -> ValueError:
    """An exception that quotes PHI, with a traceback."""
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        return error


def test_a_librarys_exception_is_logged_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Drivers quote rows and parsers quote input."""
    configure_logs("INFO")
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("some.library").exception("it failed")
    printed = capsys.readouterr().err
    assert CANARY not in printed
    assert "ValueError" in printed
    assert "test_logs.py" in printed


async def test_a_fault_in_the_background_is_logged_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    """The event loop's own handler prints the exception."""
    configure_logs("INFO")
    loop = asyncio.get_running_loop()
    quiet_loop(loop)
    loop.call_exception_handler({"message": CANARY, "exception": failed()})
    loop.set_exception_handler(None)
    printed = capsys.readouterr().err
    assert CANARY not in printed
    assert "background fault" in printed


def test_our_own_lines_are_json_with_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line, for whatever collects them."""
    configure_logs("INFO")
    structlog.get_logger().info("refused", code="no_baa")
    assert '"code": "no_baa"' in capsys.readouterr().err


def test_frames_name_places_and_no_values() -> None:
    """A place is enough to find a defect."""
    frames = frames_of(failed())
    assert frames
    assert all(CANARY not in frame for frame in frames)


def test_a_standard_error_that_is_closed_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a full disk behind it: the audit log is what must not fail silently."""
    import io
    import sys

    closed = io.StringIO()
    closed.close()
    configure_logs("INFO")
    monkeypatch.setattr(sys, "stderr", closed)
    structlog.get_logger().error("refused", code="no_baa")
    assert closed.closed
