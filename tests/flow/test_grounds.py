"""What an answer was built on: canonical, and whole enough to rebuild it."""

import json
from uuid import UUID

import pytest

from phiward.domain.errors import AuditUnavailableError
from phiward.domain.passages import Origin, Passage
from phiward.domain.tools import RemovedTool
from phiward.flow.grounds import grounds_of

PASSAGE = Passage(Origin.CHART, UUID(int=1), 2, 10, 14, "note", title="Visit")


def test_what_is_no_text_is_not_half_recorded() -> None:
    """A lone surrogate; the error quotes nothing."""
    with pytest.raises(AuditUnavailableError) as caught:
        grounds_of([], {"[NAME_1]": "\ud800"})
    assert "ud800" not in str(caught.value)


def test_grounds_say_which_text_of_which_version_and_what_each_placeholder_stood_for() -> None:
    """With the class of what was replaced, and the true names of tools."""
    replaced = {"[NAME_1]": "Zelda", "[DATE_2: 3 days]": "4 May"}
    told = json.loads(grounds_of([PASSAGE], replaced, [RemovedTool("x", "r")]))
    (passage,) = told["retrieved"]
    assert (passage["source"], passage["version"], passage["start"], passage["end"], passage["text"]) == (
        str(UUID(int=1)), 2, 10, 14, "note",
    )  # fmt: skip
    assert told["replaced"] == [
        {"placeholder": "[DATE_2: 3 days]", "original": "4 May", "class": "DATE"},
        {"placeholder": "[NAME_1]", "original": "Zelda", "class": "NAME"},
    ]
    assert told["tools_removed"] == [["x", "r"]]


def test_the_same_grounds_are_the_same_bytes() -> None:
    """In whatever order the placeholders were issued."""
    pairs = {"[NAME_1]": "a", "[NAME_2]": "b"}
    assert grounds_of([PASSAGE], pairs) == grounds_of([PASSAGE], dict(reversed(pairs.items())))
