"""Cells that a header announces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.restore import reidentify
from phiward.deid.rules.catalogue import rule_detectors
from phiward.deid.rules.tables import Tables
from tests.rooms.deid.helpers import TODAY, found

KEPT = [
    ("Name | DOB | MRN", "a header without a row"),
    ("Name | Dose | Route\naspirin | 20 mg | po", "the name of a drug"),
    ("Test | Result\nA1c | 6.8", "no header that is known"),
    ("Name | DOB\nn/a | 1949\nunknown | pending", "empty cells and a bare year"),
    ("Patient | Age\nnone | 89", "an age that may stay"),
    ("Time | Provider\n8:00 | Nursing staff", "a provider who is nobody"),
    ("The patient, she said, was fine\nand, well, ok", "prose with commas"),
    ("Patient, she said, was fine today\nand, well, he is", "prose that begins like a header"),
    ("ID | Item\n1 | walker", "a list that counts"),
    ("MRN | Phone\n- | --", "dashes"),
    ("Name: see | above", "one line"),
]


@pytest.mark.parametrize(("text", "reason"), KEPT, ids=[reason for _, reason in KEPT])
def test_what_no_header_announces_is_left_alone(text, reason):
    """Other detectors read it anyway."""
    assert found(Tables(), text) == []


GONE = [
    ("| Name | DOB |\n|---|:--:|\n| zoe testa | 3/5 |", [("NAME", "zoe testa"), ("DATE", "3/5")], "Markdown"),
    ("Name | City\n---|---\nlee | bonn", [("NAME", "lee"), ("CITY", "bonn")], "no pipes at the edges"),
    ("note: | Name | MRN |\n| lee | 7 |", [("NAME", "lee"), ("MRN", "7")], "a label before the table"),
    ('Name,DOB\n"Testa, Zoe",3/5', [("NAME", "Testa, Zoe"), ("DATE", "3/5")], "a comma inside quotes"),
    ('Name,DOB,Plan\nlee,"5 Mar",x', [("NAME", "lee"), ("DATE", "5 Mar")], "a column without a known header"),
    ("Name\tPhone\nbrown\t4477 x2", [("NAME", "brown"), ("PHONE", "4477 x2")], "tabs"),
    ("Name;MRN\r\nlee;A7\r\n", [("NAME", "lee"), ("MRN", "A7")], "semicolons, and lines of Windows"),
    ("MRN | Seen\n7 | 8", [("MRN", "7")], "a short number"),
    ("Patient | Room\ndo | 3", [("NAME", "do")], "a name that is a word"),
    ("**Patient Name** | Provider\n*lee* | kumar", [("NAME", "lee"), ("NAME", "kumar")], "emphasis"),
    ("Patient | Age\nlee | 93 y", [("NAME", "lee"), ("AGE", "93")], "an age over 89"),
    ("Date | Test\n3/5 | A1c", [("DATE", "3/5")], "a date that no word announces"),
    ("Admit Date | Unit\n3/5 10:30 | B", [("DATE", "3/5")], "the time of day stays"),
    ("Zip | Email\n627 | a@b", [("ZIP", "627"), ("EMAIL", "a@b")], "parts"),
    ("Name | John Test\nDOB | 3/5\nPlan | x", [("NAME", "John Test"), ("DATE", "3/5")], "labels in the first column"),
    ("Name | DOB\nlee | 3/5\nName | DOB\nkim | 3/6",
     [("NAME", "lee"), ("DATE", "3/5"), ("NAME", "kim"), ("DATE", "3/6")], "the header comes again"),
    ("Provider | Phone | Note\nNurse | 4477 | ok\nkumar | 4478 | ok",
     [("PHONE", "4477"), ("NAME", "kumar"), ("PHONE", "4478")], "a row with a label in it is no header"),
    ("Patient | lee | Chart | A7\nNurse | kim | Room | 3",
     [("NAME", "lee"), ("NAME", "A7"), ("NAME", "kim")], "a label among the values stays"),
    ("List | 2024\nName | MRN\nlee | 7", [("NAME", "lee"), ("MRN", "7")], "a title above the header"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "reason"), GONE, ids=[reason for *_, reason in GONE])
def test_a_header_labels_its_cells(text, expected, reason):
    """One row for each form."""
    assert found(Tables(), text) == expected


WORDS = st.text(alphabet="abc ,\"|'\t;7-", max_size=9)


@given(st.lists(st.lists(WORDS, min_size=2, max_size=3), min_size=1, max_size=4), st.sampled_from("|\t,;"))
def test_spans_are_within_a_cell_and_the_way_back_is_exact(rows, separator):
    """Whatever stands in the cells."""
    text = "\n".join(separator.join(row) for row in [["Name", "MRN"], *rows])
    for span in Tables().find(text):
        assert 0 <= span.start < span.end <= len(text)
        assert "\n" not in text[span.start : span.end]
    one = Deidentifier(rule_detectors()).conversation(None, TODAY)
    assert reidentify(one.hide(text), one.placeholders) == text
