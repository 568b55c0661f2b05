"""What an identity provider says, read without leniency: one JSON object, and its members by type.

Whatever two readers could take differently is refused: a name that stands twice, NaN, bytes that are
not UTF-8, text with control characters. Every refusal has the same words; the reason, without input,
is a note on the error for the person who runs phiward. Source: RFC 7519 section 4, RFC 8725 section 3.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Never

from phiward.domain.errors import NotAuthenticatedError

REFUSED: Final = "The identity provider's token or answer was refused; log in again."
"""The words for everything that came from a provider, or pretended to."""

MAX_TEXT_CHARACTERS: Final = 255
"""Longest `sub` (OpenID Connect Core, section 2); other members are held to it too."""

MAX_VALUES: Final = 64
"""Most values of a member that is a list."""

_LAST_SECOND: Final = 253_402_300_799  # the end of the year 9999


def refusal(why: str) -> NotAuthenticatedError:
    """The error to raise. `why` holds no input and reaches logs and tests, never an answer."""
    error = NotAuthenticatedError(REFUSED)
    error.add_note(why)
    return error


class Claims:
    """The members of one JSON object. Every method raises NotAuthenticatedError at a wrong type."""

    __slots__ = ("_members",)

    def __init__(self, members: Mapping[str, object]) -> None:
        """`members` as `parse_object` returns them."""
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def __repr__(self) -> str:
        return f"Claims({len(self._members)} members)"

    def text(self, name: str) -> str:
        """A member that must be there: 1 to 255 printable characters."""
        value = self.text_or_none(name)
        if value is None:
            raise refusal(f"{name} is missing")
        return value

    def text_or_none(self, name: str, most: int = MAX_TEXT_CHARACTERS) -> str | None:
        """The same, or None where it is missing; `most` counts code points. An empty text is refused."""
        value = self._members.get(name)
        return None if name not in self._members else _text(value, name, most)

    def instant(self, name: str) -> datetime:
        """A NumericDate (RFC 7519 section 2) that must be there, as UTC."""
        value = self.instant_or_none(name)
        if value is None:
            raise refusal(f"{name} is missing")
        return value

    def instant_or_none(self, name: str) -> datetime | None:
        """The same, or None where it is missing."""
        if name not in self._members:
            return None
        value = self._members[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST_SECOND:
            raise refusal(f"{name} is no instant")
        return datetime.fromtimestamp(value, UTC)

    def texts(self, name: str) -> frozenset[str]:
        """A list of texts, or one text; empty where it is missing."""
        value = self._members.get(name)
        if name not in self._members:
            return frozenset()
        if isinstance(value, str):
            return frozenset([_text(value, name, MAX_TEXT_CHARACTERS)])
        if not isinstance(value, list) or len(value) > MAX_VALUES:
            raise refusal(f"{name} is no list of texts")
        return frozenset(_text(one, name, MAX_TEXT_CHARACTERS) for one in value)

    def words(self, name: str, most: int = 4096) -> frozenset[str]:
        """Space-separated words, as `scope` has them (RFC 6749 section 3.3); empty where it is missing."""
        return frozenset((self.text_or_none(name, most) or "").split(" ")) - {""}

    def flag(self, name: str) -> bool:
        """Whether a member is there and true."""
        return self._members.get(name) is True

    def denies(self, name: str) -> bool:
        """Whether a member is there and false."""
        return self._members.get(name) is False

    def inner(self, name: str) -> "Claims | None":
        """A member that is an object, or None where it is missing."""
        if name not in self._members:
            return None
        value = self._members[name]
        if not isinstance(value, dict):
            raise refusal(f"{name} is no object")
        return Claims(value)

    def objects(self, name: str) -> list[Mapping[str, object]]:
        """A list of objects that must be there."""
        value = self._members.get(name)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise refusal(f"{name} is no list of objects")
        return value


def parse_object(data: bytes) -> Claims:
    """The members of a JSON object. Raises NotAuthenticatedError for anything else."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # also a number of more digits than Python converts
        value = None
    if not isinstance(value, dict):
        raise refusal("this is no JSON object")
    return Claims(value)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return members


def _no_constant(_: str) -> Never:
    raise ValueError("not a number of JSON")


def _text(value: object, name: str, most: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= most or not value.isprintable():
        raise refusal(f"{name} is no text of 1 to {most} printable characters")
    return value
