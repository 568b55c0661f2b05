"""Evaluation files, as they are read."""

import json

import pytest

from phiward.deid.evaluation.examples import Example, Marked, read_examples
from phiward.domain.errors import InvalidRequestError

GOOD = '{"id": "a", "text": "Zelda came", "spans": [{"start": 0, "end": 5, "label": "NAME"}]}'


def span(start: object, end: object, label: object = "NAME") -> str:
    """A line whose only span is this one."""
    return json.dumps({"id": "a", "text": "Zelda came", "spans": [{"start": start, "end": end, "label": label}]})


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Zelda", id="no JSON at all"),
        pytest.param('"Zelda"', id="a string, no object"),
        pytest.param('["Zelda"]', id="an array, no object"),
        pytest.param('{"text": "Zelda"}', id="no spans: forgetting them must not read as clean"),
        pytest.param('{"spans": []}', id="no text"),
        pytest.param('{"text": 7, "spans": []}', id="the text is a number"),
        pytest.param('{"text": "Zelda", "spans": null}', id="spans are null"),
        pytest.param('{"text": "Zelda", "spans": [[0, 5, "NAME"]]}', id="a span is an array"),
        pytest.param('{"text": "Zelda", "spans": [{"start": 0, "end": 5}]}', id="a span without label"),
        pytest.param('{"text": "Zelda", "spans": [], "group": 7}', id="the group is a number"),
        pytest.param(span(0, 11), id="ends after the text"),
        pytest.param(span(-1, 5), id="begins before the text"),
        pytest.param(span(5, 5), id="empty"),
        pytest.param(span(5, 0), id="the wrong way round"),
        pytest.param(span(0.9, 5), id="a fraction of a character"),
        pytest.param(span("0", 5), id="a number in quotes"),
        pytest.param(span(False, 5), id="a truth value"),
        pytest.param(span(0, 5, 7), id="the label is a number"),
        pytest.param(GOOD.replace("5,", "1e999,"), id="an infinite offset"),
        pytest.param('{"text": "Zelda \\ud800", "spans": []}', id="a lone surrogate, which no UTF-8 can hold"),
        pytest.param("[" * 100_000, id="nested deeper than Python can read"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_never_repeated(line: str) -> None:
    """Empty lines count."""
    with pytest.raises(InvalidRequestError, match=r"^Line 3 is not") as caught:
        list(read_examples([GOOD, "\n", line]))
    assert "Zelda" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_offsets_are_code_points() -> None:
    """One for an emoji, whatever it takes in UTF-8 or UTF-16."""
    (read,) = read_examples(['{"text": "😀 Zelda", "spans": [{"start": 2, "end": 7, "label": "NAME"}]}'])
    assert [read.text[one.start : one.end] for one in read.spans] == ["Zelda"]


def test_what_stands_in_the_line_is_read() -> None:
    """Without an id, the number of the line stands for it; the group may be missing."""
    lines = [GOOD.replace("}]}", '}], "group": "west"}'), '{"text": "", "spans": []}']
    assert list(read_examples(lines)) == [
        Example("a", "Zelda came", (Marked(0, 5, "NAME"),), "west"),
        Example("2", "", ()),
    ]


def test_an_example_does_not_print_its_text() -> None:
    """Its size is enough."""
    assert "Zelda" not in repr(next(read_examples([GOOD])))
