"""Checkpoints are read strictly: one state has one spelling."""

import base64
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.domain.errors import AuditIntegrityError

ROOT = base64.b64encode(bytes(32)).decode()
BAD = [
    ("nothing", ""),
    ("two lines", "log\n3\n"),
    ("no last line end", f"log\n3\n{ROOT}"),
    ("an extension line", f"log\n3\n{ROOT}\nmore\n"),
    ("an empty line at the end", f"log\n3\n{ROOT}\n\n"),
    ("no origin", f"\n3\n{ROOT}\n"),
    ("a leading zero", f"log\n03\n{ROOT}\n"),
    ("a sign", f"log\n+3\n{ROOT}\n"),
    ("a negative size", f"log\n-3\n{ROOT}\n"),
    ("a space", f"log\n 3\n{ROOT}\n"),
    ("an underscore", f"log\n1_0\n{ROOT}\n"),
    ("digits of another script", f"log\n\u0663\n{ROOT}\n"),
    ("no number", f"log\nthree\n{ROOT}\n"),
    ("a number beyond all", f"log\n{'9' * 5000}\n{ROOT}\n"),
    ("a root too short", "log\n3\nAAAA\n"),
    ("a root too long", f"log\n3\n{base64.b64encode(bytes(33)).decode()}\n"),
    ("a root that is no base64", f"log\n3\n{'!' * 44}\n"),
    ("a root beyond ASCII", f"log\n3\n{'é' * 44}\n"),
    ("a root in another spelling", f"log\n3\n{ROOT[:42]}B=\n"),
    ("carriage returns", f"log\r\n3\r\n{ROOT}\r\n"),
]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in BAD])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """And the message does not repeat it."""
    with pytest.raises(AuditIntegrityError, match="cannot be read"):
        parse_checkpoint(text)


@given(st.text("abc/.-", min_size=1), st.integers(0, 10**18 - 1), st.binary(min_size=32, max_size=32))
@settings(max_examples=100, deadline=None)
def test_a_checkpoint_survives_being_written(origin: str, size: int, root: bytes) -> None:
    """Any origin, size and root."""
    made = Checkpoint(origin, size, root)
    assert parse_checkpoint(made.text()) == made


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_what_is_read_is_what_would_be_written(text: str) -> None:
    """Garbage is refused, never misread."""
    with contextlib.suppress(AuditIntegrityError):
        assert parse_checkpoint(text).text() == text
