"""What a provider says, read strictly."""

import json
from datetime import UTC, datetime

import pytest

from phiward.domain.errors import NotAuthenticatedError
from phiward.identity.claims import REFUSED, Claims, parse_object, refusal

NOT_AN_OBJECT = [
    (b"", "empty"),
    (b"[]", "a list"),
    (b"1", "a number"),
    (b'{"a": 1', "cut"),
    (b'{"a": 1, "a": 2}', "a name twice"),
    (b'{"a": {"b": 1, "b": 2}}', "a name twice, inside"),
    (b'{"a": 1, "\\u0061": 2}', "a name twice, once escaped"),
    (b'{"a": NaN}', "NaN"),
    (b'{"a": -Infinity}', "infinity"),
    (b'{"a": "\xff"}', "not UTF-8"),
    (b'{"a": ' + b"9" * 5000 + b"}", "a number of too many digits"),
    (b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested without end"),
    ('{"a": 1}'.encode("utf-16"), "another encoding"),
]


@pytest.mark.parametrize(("data", "reason"), NOT_AN_OBJECT, ids=[reason for _, reason in NOT_AN_OBJECT])
def test_anything_but_one_plain_object_is_refused_with_the_same_words(data: bytes, reason: str) -> None:
    """Two readers must not see two things."""
    with pytest.raises(NotAuthenticatedError) as error:
        parse_object(data)
    assert str(error.value) == REFUSED
    assert error.value.__notes__ == ["this is no JSON object"]


WRONG = [
    ("text", "", "an empty text"),
    ("text", "a" * 256, "too long"),
    ("text", "a\x00b", "a zero byte"),
    ("text", "a\nb", "a line break"),
    ("text", "\ud800", "half a surrogate pair"),
    ("text", 1, "a number for a text"),
    ("text", None, "null for a text"),
    ("text_or_none", ["a"], "a list for a text"),
    ("instant", "1764158400", "a text for an instant"),
    ("instant", True, "a truth value for an instant"),
    ("instant", -1, "before the epoch"),
    ("instant", 1e300, "beyond any calendar"),
    ("instant", 10**12, "milliseconds"),
    ("texts", [1], "a number among texts"),
    ("texts", {"a": "b"}, "an object for texts"),
    ("texts", ["a"] * 65, "too many texts"),
    ("words", ["a"], "a list for words"),
    ("inner", "a", "a text for an object"),
    ("objects", {"a": 1}, "an object for a list of them"),
    ("objects", [1], "a number among objects"),
]


@pytest.mark.parametrize(("method", "value", "reason"), WRONG, ids=[reason for *_, reason in WRONG])
def test_a_member_of_a_wrong_type_is_refused(method: str, value: object, reason: str) -> None:
    """And the note names the member, never the value."""
    with pytest.raises(NotAuthenticatedError) as error:
        getattr(Claims({"x": value}), method)("x")
    assert str(error.value) == REFUSED
    assert error.value.__notes__[0].startswith("x is no")


@pytest.mark.parametrize("method", ["text", "instant", "objects"])
def test_a_member_that_must_be_there_is_missed(method: str) -> None:
    """By name."""
    with pytest.raises(NotAuthenticatedError, match="refused"):
        getattr(Claims({}), method)("x")


def test_members_are_read_by_type() -> None:
    """A missing one is None or empty."""
    claims = parse_object(
        json.dumps({"sub": "alice", "iat": 1.5, "aud": ["a", "b"], "one": "a", "scope": "x  y", "ok": True,
                    "no": False, "act": {"sub": "s"}, "keys": [{"kty": "RSA"}]}).encode()
    )  # fmt: skip
    assert claims.text("sub") == "alice"
    assert claims.instant("iat") == datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC)
    assert claims.texts("aud") == {"a", "b"}
    assert claims.texts("one") == {"a"}
    assert claims.words("scope") == {"x", "y"}
    assert (claims.flag("ok"), claims.flag("no"), claims.flag("sub")) == (True, False, False)
    assert (claims.denies("ok"), claims.denies("no"), claims.denies("none")) == (False, True, False)
    act = claims.inner("act")
    assert act is not None
    assert act.text("sub") == "s"
    assert claims.objects("keys") == [{"kty": "RSA"}]
    assert claims.text_or_none("none") is claims.instant_or_none("none") is claims.inner("none") is None
    assert claims.texts("none") == claims.words("none") == frozenset()
    assert "sub" in claims
    assert "none" not in claims


def test_claims_do_not_print_what_they_hold() -> None:
    """A name of a person may stand there."""
    assert repr(Claims({"name": "Alice Invented"})) == "Claims(1 members)"


def test_the_reason_of_a_refusal_is_a_note_and_no_word_of_the_answer() -> None:
    """The gateway sends `str(error)` and the rule."""
    error = refusal("aud is somebody else")
    assert (str(error), error.rule, error.__notes__) == (REFUSED, None, ["aud is somebody else"])
