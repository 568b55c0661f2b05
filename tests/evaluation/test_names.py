"""Names exchanged by group."""

from evaluation.names import Group, exchanged, groups
from phiward.deid.evaluation.examples import Example, Marked

EAST = Group("east", ("Ava", "Bao"), ("Tran", "Vu"))


def one(text: str, *names: str) -> str:
    """The text with its marked names exchanged."""
    spans = tuple(Marked(text.index(name), text.index(name) + len(name), "NAME") for name in names)
    (made,) = exchanged([Example("1", text, spans)], EAST, 1)
    for span in made.spans:
        assert made.text[span.start : span.end].strip()
    return made.text


def test_a_family_name_stands_behind_a_title():
    """The title stays."""
    assert one("Dr. Lee came", "Dr. Lee") in ("Dr. Tran came", "Dr. Vu came")


def test_case_and_order_are_kept():
    """Lower case, capitals, family name first."""
    assert one("ann lee came", "ann lee").split()[1] in ("tran", "vu")
    assert one("LEE, ANN came", "LEE, ANN").split(",")[0] in ("TRAN", "VU")


def test_the_same_name_gets_the_same_substitute():
    """Within one text."""
    example = Example("1", "Ann Lee. Lee again", (Marked(0, 7, "NAME"), Marked(9, 12, "NAME")))
    (made,) = exchanged([example], EAST, 1)
    assert made.text.split()[1].strip(".") == made.text.split()[2]


def test_a_text_without_names_is_left_out():
    """It says nothing about names."""
    assert list(exchanged([Example("1", "on 3/5", (Marked(3, 6, "DATE"),))], EAST, 3)) == []


def test_every_group_has_as_many_names():
    """Thirty groups, forty names of either kind."""
    found = groups()
    assert len(found) >= 30
    assert all(len(set(group.given)) >= 40 and len(set(group.family)) >= 40 for group in found)
