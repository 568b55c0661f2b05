"""Hand-marked texts."""

from pathlib import Path

import pytest

from evaluation.marked import examples

FOLDER = Path(__file__).parents[2] / "evaluation/deid"
MARKED = sorted(path for path in FOLDER.glob("*.txt") if path.name != "names.txt")


def test_a_mark_becomes_a_span(tmp_path):
    """In code points, the brackets gone; items keep their order and group."""
    file = tmp_path / "x.txt"
    file.write_text("#group: west\nDr. [[NAME|Lee]] 😀 [[DATE|3/5]]\n---\nnothing\n", encoding="utf-8")
    first, second = examples(file)
    assert (first["id"], first["group"], first["text"]) == ("x-1", "west", "Dr. Lee 😀 3/5")
    assert first["spans"] == [{"start": 4, "end": 7, "label": "NAME"}, {"start": 10, "end": 13, "label": "DATE"}]
    assert (second["spans"], "group" in second) == ([], False)


def test_a_mark_that_does_not_close_is_refused(tmp_path):
    """A forgotten bracket would count as text."""
    file = tmp_path / "x.txt"
    file.write_text("[[NAME|Lee]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="x-1"):
        list(examples(file))


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.name)
def test_every_shipped_set_can_be_read(path):
    """No mark is empty or has blanks at its edges."""
    items = list(examples(path))
    assert items
    for item in items:
        for span in item["spans"]:
            text = item["text"][span["start"] : span["end"]]
            assert text == text.strip(), item["id"]
            assert text, item["id"]
