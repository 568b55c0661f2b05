"""Templates: slots and choices."""

from random import Random

import pytest

from training.deid.templates import Slot, choose, parse, read_all


@pytest.mark.parametrize(
    ("text", "parts", "reason"),
    [
        ("seen by {dr.last} today", ("seen by ", Slot("dr", "dr", "last"), " today"), "a slot with a form"),
        ("{dr2}", (Slot("dr", "dr2", ""),), "the second doctor is another person"),
        ("{last4}", (Slot("last4", "last4", ""),), "a slot whose own name ends in a number"),
        ('{"k": 1}', ('{"k": 1}',), "a brace of JSON is text"),
        ("{ patient }", ("{ patient }",), "spaces are text"),
    ],
)
def test_a_template_is_text_and_slots(text, parts, reason):
    """One row for each form."""
    assert parse(text) == parts, reason


def test_a_choice_takes_one_branch():
    """Slots inside a branch are slots."""
    taken = {tuple(map(str, choose(parse("a ((b|{dr}|))"), Random(seed)))) for seed in range(20)}
    assert taken == {("a ", "b"), ("a ", str(Slot("dr", "dr", ""))), ("a ",)}


def test_there_are_hundreds_of_templates_by_several_hands():
    """Breadth is what generalises."""
    written = read_all()
    assert len(written) > 1500
    assert len({template.source for template in written}) >= 10
