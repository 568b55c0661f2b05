"""Placeholder look-alikes."""

import pytest

from phiward.deid.rules.literals import look_alikes


@pytest.mark.parametrize("text", ["[patient]", "[PATIENT_0]", "PATIENT_1", "[1]", "[TOOLONGCATEGORYNAME_1]"])
def test_what_cannot_be_resolved_stays(text):
    """Only the grammar counts."""
    assert not list(look_alikes(text))


@pytest.mark.parametrize("text", ["[PATIENT_1]", "[DATE_2: 3 days after DATE_1]", "[XX_9999]", "[[ZIP_3]"])
def test_what_fits_the_grammar_is_a_literal(text):
    """Issued or not."""
    assert len(list(look_alikes(text))) == 1
