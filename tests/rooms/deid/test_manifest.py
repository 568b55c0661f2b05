"""The record of a run."""

import json
from datetime import UTC, datetime

from phiward.deid.manifest import Manifest
from phiward.deid.tagger.model_file import read_card
from phiward.domain.placeholders import Category

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_text_is_never_in_the_manifest():
    """Only how long it was."""
    manifest = Manifest("placeholders", NOW)
    manifest.add("Seen by Dr. Testwell", {Category.NAME: 1})
    assert "Testwell" not in json.dumps(manifest.as_dict(NOW))


def test_actual_knowledge_stays_a_question_for_a_human():
    """45 CFR 164.514(b)(2)(ii) cannot be computed."""
    assert Manifest("removal", NOW).as_dict(NOW)["actual_knowledge"] is None


def test_policy_versions_tables_and_counts_are_named():
    """So that a run can be judged later."""
    manifest = Manifest("removal", NOW)
    manifest.add("abc", {Category.NAME: 2})
    manifest.add("de", {Category.NAME: 1, Category.DATE: 1})
    told = manifest.as_dict(NOW)
    assert told["identifiers"] == {"DATE": 1, "NAME": 3}
    assert (told["texts"], told["characters"]) == (2, 5)
    assert told["tagger"] == read_card()["sha256"]
    assert told["zip3"]["census"] == 2020
    assert told["policy"].startswith("safe_harbor/")
