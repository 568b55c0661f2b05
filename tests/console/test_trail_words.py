"""An entry in words: every kind, every end, and facts that nobody named."""

from dataclasses import replace
from typing import Any

import pytest

from phiward.audit.catalogue import EVENTS
from phiward.console.trail_words import Step, happened, result, sent_to, steps, told_facts, who
from phiward.domain.audit import Outcome
from phiward.domain.trace import Did
from phiward.domain.trail import Names
from tests.console.trail_twins import ACT, NAMES, QUESTION


@pytest.mark.parametrize("event", [one for one in EVENTS if one.kinds[0] == "administration"], ids=lambda one: one.name)
def test_every_act_of_the_catalogue_is_told_in_its_own_words(event: Any) -> None:
    """A new event needs no change here."""
    assert happened(replace(ACT, facts={"action": event.name})) == event.says


def test_an_act_of_a_newer_version_is_told_by_its_name() -> None:
    """Rather than not at all."""
    assert happened(replace(ACT, facts={"action": "moon.landed"})) == "moon landed"
    assert happened(replace(ACT, facts={})) == ""


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_end_has_a_word_of_its_own(outcome: Outcome) -> None:
    """On the question and on the outcome itself."""
    told = result(replace(QUESTION, ended={"outcome": str(outcome)}))
    assert told == result(replace(QUESTION, kind="outcome", facts={"outcome": str(outcome)}))
    assert told[1] != "Not known"


def test_what_is_not_over_is_not_called_allowed() -> None:
    """Nor what nobody knows the end of."""
    assert result(replace(QUESTION, ended=None)) == ("", "Not ended yet")
    assert result(replace(QUESTION, ended={"outcome": "new"})) == ("", "Not known")
    assert result(replace(QUESTION, kind="refusal")) == ("bad", "Refused")
    assert result(replace(QUESTION, kind="retrieval")) == ("ok", "Allowed")


def test_who_and_where_are_told_by_name_or_as_what_they_are() -> None:
    """What is gone has no name any more."""
    assert (who(QUESTION, NAMES), sent_to(QUESTION, NAMES)) == ("alice<b>", "cloud, Example")
    assert (who(QUESTION, Names()), sent_to(QUESTION, Names())) == (
        str(QUESTION.person), "a destination that is gone",
    )  # fmt: skip
    assert (who(ACT, NAMES), sent_to(ACT, NAMES)) == ("root (uid 0)", "nobody")
    assert who(replace(ACT, facts={}), NAMES) == "phiward"


def test_the_stages_of_the_question_and_of_its_answer_are_one_line() -> None:
    """Each with what it did."""
    assert steps(QUESTION) == (
        Step("Authorise", "ok", "Passed", "treatment_in_care", 3),
        Step("Evidence", "due", "Changed something", "", 900),
    )  # fmt: skip
    every = replace(QUESTION, facts={"trace": [["call", str(did), None, 1] for did in Did]}, ended=None)
    assert all(step.word[0].isupper() for step in steps(every))


def test_facts_that_say_nothing_are_left_out_and_the_rest_is_told_under_any_name() -> None:
    """Numbers with their commas, lists joined."""
    told = dict(told_facts({"baa": None, "stream": False, "risk": 1200, "odd_name": ["a", {"b": 2}], "trace": [[]]}))
    assert told == {"Stream": "no", "Risk": "1,200", "Odd name": "a, b 2"}


@pytest.mark.parametrize(
    "facts",
    [
        {"destination": "x"}, {"documents": 3}, {"trace": 3}, {"trace": ["a"]}, {"trace": [["a"]]},
        {"trace": [["a", "passed", None, "x"]]}, {"trace": [[[], {}, 3, 4]]}, {"person": []}, {"action": []},
        {"model": [[[[[[[[[["deep"]]]]]]]]]]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["intent", "outcome", "administration", "moon"])
def test_an_edited_entry_is_told_as_far_as_it_can_be_read(kind: str, facts: dict[str, Any]) -> None:
    """A leaf that breaks the page would hide itself, and on a page of results every other one."""
    one = replace(QUESTION, kind=kind, facts=facts, ended=facts)
    assert isinstance(happened(one), str)
    assert who(one, Names())
    assert sent_to(one, Names())
    assert len(steps(one)) in (0, 2)
    assert all(isinstance(value, str) for _, value in told_facts(facts))


def test_what_is_nested_without_end_is_cut() -> None:
    """Rather than told to the end."""
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    assert told_facts({"model": deep}) == [("Model", "…")]


@pytest.mark.parametrize("kind", ["intent", "refusal", "outcome", "administration"])
def test_what_does_not_fit_its_leaf_is_told_as_that_and_as_nothing_else(kind: str) -> None:
    """Never as allowed."""
    assert result(replace(QUESTION, kind=kind, fits=False)) == ("bad", "Does not fit")
