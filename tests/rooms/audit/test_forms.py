"""The forms of facts: what has the form of a sentence, a name or a text of any kind does not pass."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.audit.forms import (
    ACR,
    ACTOR,
    ADDRESS,
    ANCHOR,
    CLIENT,
    CODE,
    CORPUS,
    COUNT,
    DAY,
    DIGEST,
    FLAG,
    ID,
    INDEX_MODEL,
    INSTANT,
    MODEL,
    MOST,
    NOTE,
    NOTHING,
    OTHER,
    POLICY_NAME,
    PRACTITIONER,
    SCOPE,
    SHARD,
    TOOL,
    VENDOR,
    VERSION,
    Either,
    Form,
    Many,
    Mapped,
    Maybe,
    OneOf,
    Part,
    Pattern,
    Row,
    counted,
    facts_fit,
    one_of,
)  # fmt: skip
from phiward.domain.people import Role

SOME = "0123abcd-0000-4000-8000-00000000beef"
SENTENCE = "She was admitted on Tuesday with chest pain"
EVERY: dict[str, Form] = {
    "id": ID, "code": CODE, "instant": INSTANT, "day": DAY, "digest": DIGEST, "count": COUNT, "flag": FLAG,
    "version": VERSION, "policy": POLICY_NAME, "tool": TOOL, "model": MODEL, "corpus": CORPUS, "client": CLIENT,
    "address": ADDRESS, "practitioner": PRACTITIONER, "scope": SCOPE, "acr": ACR, "shard": SHARD, "anchor": ANCHOR,
    "note": NOTE, "index model": INDEX_MODEL, "vendor": VENDOR, "actor": ACTOR, "roles": Many(one_of(Role)),
    "nothing": NOTHING, "counts": counted(CODE), "maybe": Maybe(CODE), "part": Part({"a": CODE}), "row": Row((CODE,)),
    "either": Either((CODE, COUNT)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "value", "reason"),
    [
        (ID, SOME.upper(), "one spelling only"),
        (ID, SOME + "\n", "a line break is no part of an id"),
        (ID, UUID(int=7), "an object is no JSON"),
        (CODE, "Okafor", "a name"),
        (CODE, "margaret okafor", "two words"),
        (CODE, "a" * 65, "too long for a code"),
        (CODE, "", "nothing"),
        (CODE, "émile", "a letter outside the alphabet"),
        (COUNT, -1, "less than nothing"),
        (COUNT, True, "a flag is no number"),
        (COUNT, 1.0, "a float"),
        (COUNT, 2**53, "what other readers round"),
        (FLAG, 1, "a number is no flag"),
        (INSTANT, "2026-11-24", "a date without its time"),
        (INSTANT, "2026-11-24T12:00:00", "a time without its zone"),
        (DIGEST, "0" * 63, "half a digest of nothing we make"),
        (DIGEST, "G" * 64, "not hexadecimal"),
        (NOTHING, "", "a text, though empty"),
        (TOOL, "a tool that was not registered", "words without the brackets that mark ours"),
        (TOOL, "look up Margaret", "a name with blanks"),
        (MODEL, "gpt 4", "a blank"),
        (SCOPE, "patient/Patient.rs?name=Okafor", "a search in a scope names people"),
        (ACR, "urn level", "a blank"),
        (SHARD, "2026-Q5", "no quarter"),
        (ACTOR, "Dr Margaret Okafor", "a name"),
        (ACTOR, "person:me", "no id"),
        (VENDOR, "one two three four five six seven", "a sentence"),
        (VENDOR, "line\nbreak", "a line break"),
        (NOTE, "log\n1\nshort\n\n— log AAAAAAAA\n", "a root that is none"),
        (NOTE, "log\n1\n" + "A" * 43 + "=\n\nShe was admitted\n", "a signature that is a sentence"),
        (one_of(Role), "janitor", "a role that nobody has"),
        (Many(CODE, 2), ["a", "b", "c"], "more than it may hold"),
        (Many(CODE), "abc", "a text is no list"),
        (counted(CODE), {"a": -1}, "a count below nothing"),
        (counted(CODE), {"Okafor": 1}, "a name as the key"),
        (Mapped(CODE, CODE), {"a": "not this one"}, "a sentence as the value"),
        (counted(CODE), {f"a{number}": 1 for number in range(MOST + 1)}, "more than any leaf holds"),
        (Row((CODE, COUNT)), ["a"], "one is missing"),
        (Row((CODE, COUNT)), ["a", 1, 1], "one too many"),
        (Part({"a": CODE}), {"a": "x", "b": "y"}, "a fact that nobody named"),
        (Part({"a": CODE}), {}, "a fact that is missing"),
        (Either((CODE, COUNT)), "Not One", "neither"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(form: Form, value: Any, reason: str) -> None:
    """Each for its own reason."""
    assert not form.fits(value), reason


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (ID, SOME), (CODE, "treatment_in_care"), (COUNT, 0), (FLAG, False), (NOTHING, None), (DAY, "2026-11-24"),
        (INSTANT, "2026-11-24T12:00:00+00:00"), (INSTANT, "2026-11-24T12:00:00.123456Z"), (DIGEST, "0" * 16),
        (DIGEST, "f" * 64), (TOOL, "book_visit"), (TOOL, "(a tool that was not registered)"), (MODEL, "llama3.1:8b"),
        (SCOPE, "patient/*.read"), (SCOPE, "https://example.org/auth/chat"), (ACR, "urn:mace:incommon:iap:silver"),
        (SHARD, ""), (SHARD, "2026-Q4.2"), (ACTOR, f"person:{SOME}"), (ACTOR, "root (uid 0)"), (ACTOR, "gateway"),
        (VENDOR, "Acme Models, Inc. (Europe)"), (INDEX_MODEL, "remote/embed-3 + phiward terms 1"), (Maybe(CODE), None),
        (NOTE, "log.example/2026\n12\n" + "A" * 43 + "=\n\n— log.example/2026 " + "A" * 96 + "\n"),
        (Row((CODE, Maybe(CODE), COUNT)), ["a", None, 3]), (Part({"a": Maybe(CODE)}), {}), (counted(CODE), {"a": 2}),
        (Many(one_of(Role)), [Role.NURSE]), (Either((CODE, COUNT)), 3), (Mapped(CODE, CODE), {"delete": "refused"}),
    ],
)  # fmt: skip
def test_what_fits_passes(form: Form, value: Any) -> None:
    """Forms that fit nothing would be of no use."""
    assert form.fits(value)
    assert form.words


@pytest.mark.parametrize("name", EVERY)
@given(words=st.lists(st.from_regex(r"[A-Z][a-z]{1,9}", fullmatch=True), min_size=7, max_size=12))
def test_no_form_takes_a_sentence(name: str, words: list[str]) -> None:
    """Seven words or more, in any form that there is; and a sentence that every clinic writes."""
    assert not EVERY[name].fits(" ".join(words))
    assert not EVERY[name].fits(SENTENCE)


def test_what_somebody_outside_wrote_is_told_as_other() -> None:
    """Nobody promised its form; a login does not fail for it."""
    assert ACR.told("urn:level:2") == "urn:level:2"
    assert ACR.told("Level of Margaret Okafor") == OTHER
    assert ACR.told(None) is None


def test_facts_fit_when_all_are_there_and_no_other() -> None:
    """What may be null may be absent."""
    forms = {"a": CODE, "b": Maybe(COUNT)}
    assert facts_fit(forms, {"a": "x"})
    assert facts_fit(forms, {"a": "x", "b": None})
    assert not facts_fit(forms, {"b": 1})
    assert not facts_fit(forms, {"a": "x", "c": 1})


def test_a_pattern_and_a_set_say_what_they_are() -> None:
    """For the page."""
    assert isinstance(CODE, Pattern)
    assert OneOf(frozenset({"b", "a"})).words == "one of `a`, `b`"
