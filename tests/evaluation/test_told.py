"""The table of the docs."""

from pathlib import Path

import pytest

from evaluation.told import BEGIN, END, put, table
from phiward.deid.tagger.model_file import read_card

PAGE = Path(__file__).parents[2] / "docs/measurements.md"


def test_a_page_without_marks_is_refused():
    """Rather than a table at the wrong place."""
    with pytest.raises(ValueError, match="substring"):
        put("no marks", read_card()["measured"])


def test_the_docs_say_what_the_card_says():
    """Neither is written by hand."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == put(page, read_card()["measured"])


def test_what_was_not_measured_is_no_figure():
    """A dash, never 0 or 100 %."""
    clean = {
        "documents": 3, "spans": 0, "recall": None, "span_recall": None, "precision": 0.0, "documents_leaking": 0,
        "documents_with_identifiers": 0, "clean_texts": 3, "clean_texts_touched": 1,
    }  # fmt: skip
    told = table({"clean": clean, "names": {"recall_by_group": {"a": 0.9, "b": 0.8}, "spread": 0.1}})
    assert "| clean | 3 | - | - | - | 0 of 0 | 1 of 3 |" in told
    assert BEGIN not in told
    assert END not in told
