"""The forms of a fact of the log: ids, codes, counts, instants, digests, flags, and lists and maps of them.

There is no form for free text. What has the form of a sentence or of a name does not pass: a code is short and of a
bounded alphabet, and wherever the set of values is closed, the set itself is the form. The exceptions are names that an
operator gave (of models, tools, vendors, accounts of the operating system); each stands here with its bound.
Source: 45 CFR 164.312(b); what outlives a destroyed key must not be PHI (DESIGN promises 8 and 9).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

MAX_INTEGER = 2**53 - 1
MOST = 10_000
"""Of one list, and of one map of counts; a leaf's own limit is smaller still."""


class Form(Protocol):
    """What a fact must be. `words` say it in the catalogue's page."""

    @property
    def words(self) -> str:
        """A few words, for people."""

    def fits(self, value: Any) -> bool:
        """Whether `value`, plain JSON or an enumeration's member, has this form."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text that a pattern matches whole."""

    words: str
    pattern: re.Pattern[str]

    def fits(self, value: Any) -> bool:
        """By `fullmatch`, so that no line break is passed over."""
        return isinstance(value, str) and self.pattern.fullmatch(value) is not None

    def told(self, value: str | None) -> str | None:
        """`value` where it fits, else `other`: for what somebody outside wrote, whose form nobody promised."""
        return value if value is None or self.fits(value) else OTHER


OTHER = "other"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One word of a closed set."""

    values: frozenset[str]

    @property
    def words(self) -> str:
        """The set."""
        return "one of " + ", ".join(f"`{one}`" for one in sorted(self.values))

    def fits(self, value: Any) -> bool:
        """Whether it is in the set."""
        return isinstance(value, str) and value in self.values


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number that counts something: never negative."""

    words: str = "count"

    def fits(self, value: Any) -> bool:
        """From 0 to 2^53 - 1; a flag is no number."""
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    words: str = "flag"

    def fits(self, value: Any) -> bool:
        """Nothing but a truth value."""
        return isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Always null: before a beginning, after an end."""

    words: str = "null"

    def fits(self, value: Any) -> bool:
        """Only null."""
        return value is None


@dataclass(frozen=True, slots=True)
class Maybe:
    """A form, or null, or absent."""

    form: Form

    @property
    def words(self) -> str:
        """The form's, and that it may be missing."""
        return f"{self.form.words}, or null"

    def fits(self, value: Any) -> bool:
        """Null fits."""
        return value is None or self.form.fits(value)


@dataclass(frozen=True, slots=True)
class Either:
    """One form or another."""

    forms: tuple[Form, ...]

    @property
    def words(self) -> str:
        """All of them."""
        return ", or ".join(one.words for one in self.forms)

    def fits(self, value: Any) -> bool:
        """The first that fits will do."""
        return any(one.fits(value) for one in self.forms)


@dataclass(frozen=True, slots=True)
class Many:
    """A list of things of one form."""

    form: Form
    most: int = MOST

    @property
    def words(self) -> str:
        """The form's, in the plural."""
        return f"list of {self.form.words}"

    def fits(self, value: Any) -> bool:
        """At most `most`, each of the form."""
        return isinstance(value, list | tuple) and len(value) <= self.most and all(map(self.form.fits, value))


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which of one form each of another is."""

    key: Form
    form: Form

    @property
    def words(self) -> str:
        """Both forms."""
        return f"{self.form.words} by {self.key.words}"

    def fits(self, value: Any) -> bool:
        """Every key and every value."""
        return (
            isinstance(value, Mapping)
            and len(value) <= MOST
            and all(self.key.fits(key) and self.form.fits(one) for key, one in value.items())
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A list of as many things as there are forms, in their order."""

    forms: tuple[Form, ...]

    @property
    def words(self) -> str:
        """The forms, in order."""
        return "(" + "; ".join(one.words for one in self.forms) + ")"

    def fits(self, value: Any) -> bool:
        """Neither more nor less."""
        if not isinstance(value, list | tuple) or len(value) != len(self.forms):
            return False
        return all(form.fits(one) for form, one in zip(self.forms, value, strict=True))


@dataclass(frozen=True, slots=True)
class Part:
    """An object with facts of its own: what was before, what is after."""

    facts: Mapping[str, Form]

    @property
    def words(self) -> str:
        """Each fact with its form."""
        return "{" + "; ".join(f"{name}: {form.words}" for name, form in self.facts.items()) + "}"

    def fits(self, value: Any) -> bool:
        """Every fact that is not `Maybe` is there and fits; none is there that is not named."""
        return isinstance(value, Mapping) and facts_fit(self.facts, value)


def facts_fit(forms: Mapping[str, Form], facts: Mapping[str, Any]) -> bool:
    """Whether each fact fits its form: none unknown, none missing but what may be null."""
    return facts.keys() <= forms.keys() and all(form.fits(facts.get(name)) for name, form in forms.items())


def counted(form: Form) -> Mapped:
    """How many of each."""
    return Mapped(form, COUNT)


def one_of(values: type[StrEnum] | Iterable[str]) -> OneOf:
    """The members of an enumeration, or a few words."""
    return OneOf(frozenset(str(one) for one in values))


def _pattern(words: str, pattern: str) -> Pattern:
    return Pattern(words, re.compile(pattern, re.ASCII))


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ID = _pattern("id", _UUID)
CODE = _pattern("code", r"[a-z][a-z0-9_]{0,63}")
REFERENCE = _pattern("reference to an incident", r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
INSTANT = _pattern(
    "instant", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
)  # RFC 3339, always with its zone
DAY = _pattern("date", r"\d{4}-\d\d-\d\d")
DIGEST = _pattern("digest", r"[0-9a-f]{16}|[0-9a-f]{64}")
"""SHA-256, or the first half of a keyed one: tells one value from another, and says nothing else."""
COUNT, FLAG, NOTHING = Whole(), Flag(), Nothing()
MILLISECONDS = Whole("milliseconds")
VERSION = _pattern("version", r"[0-9][0-9A-Za-z.+-]{0,31}")
POLICY_NAME = _pattern("name of a transformation", r"[a-z_]{1,32}/[0-9]{1,4}")

# Names that an operator gave. None of them can hold a blank but the last three, and no caller chooses any.
TOOL = _pattern("name of a registered tool", r"[A-Za-z0-9_-]{1,64}|\((?:a tool that was not (?:offered|registered))\)")
MODEL = _pattern("name of a model", r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}")
CORPUS = _pattern("name of a corpus", r"[a-z][a-z0-9-]{0,39}")
CLIENT = _pattern("client id of a service", r"[!-~]{1,200}")
ADDRESS = _pattern("address of a server", r"https?://[!-~]{1,500}")
PRACTITIONER = _pattern("the record's id of a practitioner", r"[A-Za-z0-9][A-Za-z0-9/.|:_-]{0,199}")
SCOPE = _pattern("OAuth scope", r"[A-Za-z][A-Za-z0-9:/._*-]{0,119}")
ACR = _pattern("authentication context", r"[A-Za-z0-9][A-Za-z0-9:/._?=#-]{0,199}")
SHARD = _pattern("name of a shard", r"|\d{4}(?:-(?:Q[1-4]|\d\d))?(?:\.[1-9]\d{0,5})?")
ORIGIN = _pattern("origin of a log", r"[!-~]{1,200}")
ANCHOR = _pattern("name of an anchor", r"[!-~]{1,300}")
NOTE = _pattern(
    "signed note",
    r"(?=[\s\S]{1,16384}\Z)[!-~]{1,200}\n\d{1,15}\n[A-Za-z0-9+/]{43}=\n\n"
    r"(?:\u2014 [!-~]{1,200} [A-Za-z0-9+/=]{8,8192}\n){1,8}",
)
INDEX_MODEL = _pattern(
    "name of a model, and of the rules of words", r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}(?: \+ phiward terms \d{1,4})?"
)
VENDOR = _pattern(
    "name in the vendor registry: at most 6 words",
    r"[A-Za-z0-9][A-Za-z0-9.,&()/_+'-]{0,39}(?: [A-Za-z0-9.,&()/_+'-]{1,40}){0,5}",
)
ACTOR = _pattern(
    "who acts: a person, a directory, a part of the program, or an account of the operating system",
    rf"person:{_UUID}|directory:{_UUID}|[a-z][a-z_]{{0,31}}(?::\d{{1,10}})?"
    r"|[A-Za-z_][A-Za-z0-9_.$-]{0,63} \(uid \d{1,10}\)",
)
