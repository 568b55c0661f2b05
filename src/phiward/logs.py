"""Logging that cannot hold PHI: JSON lines of ids, codes and counts; no locals, no messages.

Exceptions of drivers and parsers quote what they failed on. So an exception is logged by its type
and the places it passed, never by its text, in our own logs and in those of every library.
"""

import asyncio
import contextlib
import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog


def frames_of(fault: BaseException) -> list[str]:
    """`module.py:line function`, innermost last, at most the last 12; no source text, no values."""
    frames = traceback.extract_tb(fault.__traceback__)[-12:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


class StandardError:
    """Writes a line to standard error as it is at that moment. A log that cannot be written stops nothing:

    what must be on record stands in the audit log, which refuses instead (promise 1).
    """

    def msg(self, message: str) -> None:
        """One line."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(message + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = log = msg


class SafeFormatter(logging.Formatter):
    """Formats records of other libraries: their exceptions lose their text."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Type and frames only."""
        fault = ei[1]
        return "" if fault is None else f"{type(fault).__name__} at {' < '.join(reversed(frames_of(fault)))}"


def configure_logs(level: str) -> None:
    """Route structlog and the standard library to standard error, without locals and messages."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: StandardError(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s"))
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]), handlers=[handler], force=True
    )
    logging.captureWarnings(capture=True)


def quiet_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Replace the loop's exception handler, which prints messages, by one that logs type and frames."""

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        fault = context.get("exception")
        structlog.get_logger("phiward").error(
            "background fault",
            kind=type(fault).__name__ if fault else None,
            frames=frames_of(fault) if fault else [],
        )

    loop.set_exception_handler(handle)
