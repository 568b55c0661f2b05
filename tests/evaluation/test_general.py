"""Marks made for something else, read under our policy."""

import json

import pytest

from evaluation.general import examples


@pytest.mark.parametrize(
    ("kind", "value", "goes", "reason"),
    [
        ("PERSON", "Ann Lee", "Ann Lee", "names"),
        ("TITLE", "Mrs.", "Mrs.", "a courtesy title goes with its name"),
        ("TITLE", "Midwife", None, "an occupation identifies nobody by itself"),
        ("AGE", "61", None, "below 90"),
        ("NRP", "Danish", None, "a people"),
        ("GPE", "Denmark", None, "a country"),
        ("GPE", "Aarhus", "Aarhus", "a town"),
        ("DATE_TIME", "1980", None, "a year"),
        ("DATE_TIME", "Tuesday", None, "a weekday"),
        ("DATE_TIME", "1980-03-05 10:11:12", "1980-03-05", "the time of day stays"),
        ("ORGANIZATION", "Mockton Mill", "Mockton Mill", "as far as anyone can tell, an employer"),
    ],
)
def test_a_mark_is_read_under_our_policy(tmp_path, kind, value, goes, reason):
    """One row for each line of the table."""
    folder = tmp_path / "deid_dev"
    folder.mkdir()
    span = {"entity_type": kind, "entity_value": value, "start_position": 2, "end_position": 2 + len(value)}
    (folder / "presidio_research_synth_v2.json").write_text(json.dumps([{"full_text": f"- {value}", "spans": [span]}]))
    (item,) = examples(tmp_path)
    found = [item["text"][span["start"] : span["end"]] for span in item["spans"]]
    assert found == ([goes] if goes else []), reason
