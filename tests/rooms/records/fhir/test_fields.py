"""A field of the wrong kind is refused at its path; an absent one is empty."""

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.fields import Node, is_modified, walk
from tests.rooms.records.fhir_files import CANARY, HERE

_NODE = Node({"t": " x ", "blank": " ", "n": 5, "o": {}, "l": [{}, None, CANARY], "s": ["a", None, " "]}, HERE)


@pytest.mark.parametrize(
    ("look", "path"),
    [
        (lambda: _NODE.text("n"), "n: this must be a text"),
        (lambda: _NODE.text("o"), "o: this must be a text"),
        (lambda: _NODE.need("blank"), "blank: this is missing"),
        (lambda: _NODE.need("gone"), "gone: this is missing"),
        (lambda: _NODE.child("l"), "l: this must be an object"),
        (lambda: list(_NODE.children("o")), "o: this must be a list"),
        (lambda: list(_NODE.children("l")), r"l\[1\]: this must be an object"),
        (lambda: _NODE.number("t"), "t: this must be a number"),
        (lambda: _NODE.flag("n"), "n: this must be true or false"),
        (lambda: list(_NODE.each("t")), "t: this must be an object"),
        (lambda: list(_NODE.each("l")), r"l\[1\]: this must be an object"),
        (lambda: _NODE.texts("l"), r"l\[0\]: this must be a text"),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused_at_its_path(look: object, path: str) -> None:
    """Without its content."""
    assert callable(look)
    with pytest.raises(ImportFailedError, match=path) as caught:
        look()
    assert CANARY not in str(caught.value)


def test_an_absent_field_is_empty() -> None:
    """None, or nothing in a list; blank counts as absent."""
    assert _NODE.text("gone") is _NODE.text("blank") is _NODE.child("gone") is None
    assert list(_NODE.children("gone")) == _NODE.texts("gone") == []


def test_texts_are_stripped_and_nulls_left_out() -> None:
    """FHIR writes null beside an extension of a list's element."""
    assert _NODE.text("t") == "x"
    assert _NODE.texts("s") == ["a"]


def test_one_object_and_a_list_of_objects_are_read_alike() -> None:
    """FHIR has one where another type has several."""
    node = Node({"one": {"a": 1}, "many": [{"a": 1}, {"a": 2}]}, HERE)
    assert [one.number("a") for one in node.each("one")] == ["1"]
    assert [one.number("a") for one in node.each("many")] == ["1", "2"]
    assert list(node.each("gone")) == []
    assert node.number("gone") is node.flag("gone") is None


def test_whatever_may_change_the_meaning_is_found_however_deep_it_stands() -> None:
    """An ordinary extension changes nothing."""
    deep = {"a": [{"b": {"modifierExtension": [{"url": "x"}]}}]}
    assert is_modified(deep)
    assert is_modified({"implicitRules": "http://example.org/rules"})
    assert not is_modified({"a": [{"extension": [{"url": "x"}]}, "modifierExtension"]})
    assert len(list(walk(deep))) == 4
