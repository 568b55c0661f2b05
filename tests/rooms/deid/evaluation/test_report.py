"""The figures as JSON and as rows, and the errors in context."""

import json

import pytest

from phiward.deid.evaluation.examples import Example, Marked
from phiward.deid.evaluation.report import CONTEXT, at_least, at_most, errors, figures, rows, visible
from tests.rooms.deid.evaluation.helpers import CLEAN, NOTE, gone, scripted


@pytest.mark.parametrize(
    ("part", "whole", "least", "most"),
    [
        pytest.param(0, 0, "-", "-", id="nothing to measure is no figure"),
        pytest.param(0, 7, "0.00 %", "0.00 %", id="none"),
        pytest.param(7, 7, "100.00 %", "100.00 %", id="all"),
        pytest.param(999_999, 1_000_000, "99.99 %", "100.00 %", id="one missed in a million is not all removed"),
        pytest.param(1, 1_000_000, "0.00 %", "0.01 %", id="one leak in a million is not no leak"),
        pytest.param(57, 100, "57.00 %", "57.00 %", id="0.57 * 10,000 is 5,699.99… in floating point"),
        pytest.param(1, 3, "33.33 %", "33.34 %", id="down for what is good, up for what is harm"),
    ],
)
def test_shares_are_rounded_to_our_disadvantage(part: int, whole: int, least: str, most: str) -> None:
    """By whole numbers."""
    assert (at_least(part, whole), at_most(part, whole)) == (least, most)


def test_figures_are_json_and_those_of_the_run() -> None:
    """9 of 19 marked characters went, and 4 that were not marked; the clean text was left alone."""
    run = scripted([NOTE, CLEAN], [gone(0, 15)], [])
    told = json.loads(json.dumps(figures(run)))
    assert told["recall"] == 9 / 19
    assert told["precision"] == 9 / 13
    assert (told["documents"], told["characters"]) == (2, 53)
    assert (told["documents_leaking"], told["documents_with_identifiers"]) == (1, 1)
    assert (told["clean_texts"], told["clean_texts_touched"], told["clean_touched_share"]) == (1, 0, 0)
    assert (told["spans"], told["spans_removed"], told["span_recall"]) == (2, 1, 0.5)
    assert {name: one["recall"] for name, one in told["by_category"].items()} == {"DATE": 0, "NAME": 1}
    assert list(told["by_name_group"]) == ["west"]
    assert told["name_group_spread"] is None


def test_rows_say_the_same_for_people() -> None:
    """Shares with the counts they are made of."""
    told = dict(rows(scripted([NOTE, CLEAN], [gone(0, 15)], [])))
    assert told["recall: characters of identifiers removed"] == "47.36 %"
    assert told["identifiers removed whole"] == "50.00 % (1 of 2)"
    assert told["precision: removed characters that were marked"] == "69.23 %"
    assert told["texts with a leak"] == "100.00 % (1 of 1)"
    assert told["clean texts touched"] == "0.00 % (0 of 1)"
    assert told["recall, category DATE"] == "0.00 % (identifiers: 1)"
    assert told["recall, name group west"] == "100.00 % (identifiers: 1)"
    assert told["spread between name groups"] == "-"


def test_two_systems_on_one_file_have_the_same_rows() -> None:
    """So that they stand side by side."""
    one, other = scripted([NOTE, CLEAN], [], []), scripted([NOTE, CLEAN], [gone(0, 30)], [gone(0, 9)])
    assert [name for name, _ in rows(one)] == [name for name, _ in rows(other)]


def test_an_error_stands_in_its_context() -> None:
    """What stayed of a miss is told; the context is cut at CONTEXT characters and at the ends of the text."""
    text = "x" * 50 + " Zelda " + "y" * 50
    example = Example("long", text, (Marked(51, 56, "NAME"),))
    told = errors(scripted([example], [gone(51, 55), gone(0, 3, "ID")]), 50)
    (missed,) = told["missed"]["NAME"]["shown"]
    assert missed == {
        "id": "long",
        "before": "x" * (CONTEXT - 1) + " ",
        "text": "Zelda",
        "behind": " " + "y" * (CONTEXT - 1),
        "left": "a",
    }
    (damaged,) = told["damaged"]["ID"]["shown"]
    assert (damaged["before"], damaged["text"]) == ("", "xxx")


def test_the_limit_is_dealt_out_so_that_every_category_shows() -> None:
    """Five names and one date are missed: of three that are shown, one is the date; the counts are of all."""
    text = "a b c d e 1"
    marks = [Marked(place, place + 1, "NAME") for place in range(0, 10, 2)] + [Marked(10, 11, "DATE")]
    told = errors(scripted([Example("x", text, tuple(marks))], [gone(1, 2)]), 3)["missed"]
    assert {label: (group["count"], len(group["shown"])) for label, group in told.items()} == {
        "DATE": (1, 1),
        "NAME": (5, 2),
    }


def test_the_limit_holds_for_misses_and_damages_apart() -> None:
    """And there may be more categories than it."""
    example = Example("x", "a b c d", (Marked(0, 1, "NAME"), Marked(2, 3, "DATE")))
    told = errors(scripted([example], [gone(4, 5, "ID"), gone(6, 7, "ZIP")]), 1)
    shown = {kind: sum(len(group["shown"]) for group in groups.values()) for kind, groups in told.items()}
    assert shown == {"missed": 1, "damaged": 1}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31mred", "·[31mred", id="a colour of the terminal"),
        pytest.param("a\r\nb\tc", "a  b c", id="lines and tabs become spaces"),
        pytest.param("a\u202eb", "a·b", id="text set to run backwards"),
        pytest.param("Łukasz 😀", "Łukasz 😀", id="what can be printed stays"),
    ],
)
def test_nothing_in_a_text_steers_the_terminal(text: str, shown: str) -> None:
    """A text may come from anywhere."""
    assert visible(text) == shown
