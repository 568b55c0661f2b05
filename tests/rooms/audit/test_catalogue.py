"""The catalogue: whole, unambiguous, and without a form for free text."""

from collections.abc import Iterator

import pytest

from phiward.audit.catalogue import EVENTS, by_name, event_of, recordable
from phiward.audit.event import Event
from phiward.audit.forms import CODE, MODEL, Either, Form, Many, Mapped, Maybe, OneOf, Part, Row
from phiward.domain.audit import EntryKind
from tests.events import facts_of


def leaves(form: Form) -> Iterator[Form]:
    """The forms at the ends of a form."""
    match form:
        case Maybe(inner) | Many(inner, _):
            yield from leaves(inner)
        case Mapped(key, value):
            yield from leaves(key)
            yield from leaves(value)
        case Row(forms) | Either(forms):
            for one in forms:
                yield from leaves(one)
        case Part(facts):
            for one in facts.values():
                yield from leaves(one)
        case _:
            yield form


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.name))
def test_no_fact_of_any_event_takes_a_text(event: Event) -> None:
    """Tried at every end of every form: a sentence of a note, a name, a line break, a long word."""
    names = "Margaret Mary Anne Okafor of Elm Street Chicago"
    texts = "Admitted with chest pain, seen by Dr. Jones", names, "a\nb", "x" * 9999
    for name, form in event.facts.items():
        for leaf in leaves(form):
            assert not any(leaf.fits(text) for text in texts), name


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.name))
def test_every_event_says_in_a_sentence_what_it_is(event: Event) -> None:
    """And its name is a dotted code, or the kind of an interaction's entry."""
    assert event.says.endswith(".")
    assert event.says[0].isupper()
    parts = str(event.name).split(".")
    assert all(CODE.fits(part) for part in parts)
    assert (len(parts) == 2) == (set(event.kinds) <= {EntryKind.ADMINISTRATION, EntryKind.LOG})


def test_no_two_events_share_a_name() -> None:
    """Each kind of an interaction has its event as well."""
    assert len({str(event.name) for event in EVENTS}) == len(EVENTS)
    interactions = set(EntryKind) - {EntryKind.ADMINISTRATION, EntryKind.LOG}
    assert {str(kind) for kind in interactions} <= {str(event.name) for event in EVENTS}


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_has_something_that_can_be_recorded(kind: EntryKind) -> None:
    """And nothing of it can be left out or added."""
    facts = facts_of(kind)
    assert recordable(str(kind), facts)
    assert not recordable(str(kind), {**facts, "note": "x"})
    for name in facts:
        assert not recordable(str(kind), {key: value for key, value in facts.items() if key != name}), name


def test_an_actor_is_one_of_ours() -> None:
    """A person by her id, a directory, a part of the program, an account of the machine; never a name in words."""
    facts = facts_of(EntryKind.ADMINISTRATION)
    assert recordable("administration", {**facts, "actor": "gateway"})
    assert not recordable("administration", {**facts, "actor": "Margaret Okafor, MD"})


def test_an_action_belongs_to_its_kind() -> None:
    """Nobody slips the opening of a shard in as an act of administration."""
    opened = {"action": "log.opened", "shard": "2026"}
    assert event_of("log", opened) is not None
    assert event_of("administration", opened) is None
    assert event_of("intent", opened) is by_name()["intent", "intent"]
    assert event_of("nonsense", opened) is None


def test_models_are_told_by_name_and_by_nothing_longer() -> None:
    """One of the exceptions, and its bound."""
    assert any(leaf is MODEL for leaf in leaves(by_name()["intent", "intent"].facts["model"]))
    assert not any(isinstance(leaf, OneOf) for leaf in leaves(MODEL))
