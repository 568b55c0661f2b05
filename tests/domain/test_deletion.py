"""Why a document is deleted."""

import re

import pytest

from phiward.domain.deletion import DeletionReason


@pytest.mark.parametrize("reason", DeletionReason)
def test_every_reason_is_a_code(reason: DeletionReason) -> None:
    """It stands in the log in clear."""
    assert re.fullmatch(r"[a-z_]{3,40}", reason)
