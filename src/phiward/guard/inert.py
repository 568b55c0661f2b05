"""Making an answer text and nothing but text: no image is fetched, no address followed, nothing runs.

Markdown images and links become their words, HTML loses its tags, addresses of other hosts than the allowed ones are
taken out, and so are characters that nobody sees and that steer a screen. What is left of a broken construct is
written so that no renderer takes it for one, so it does not matter where a text was cut. Sources: CommonMark 0.31,
GitHub Flavored Markdown 0.29 (autolinks), HTML living standard section 13.2.5 (tag open state).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

TAKEN_OUT = "(link removed)"
MAX_ROUNDS = 24
"""Constructs within constructs: what is deeper is not made inert, and is withheld."""

_HIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f\U000e0100-\U000e01ef"
_SIGNS = ("<", "](", "]:", "//", "\\\\")
_NAMED = re.compile(r"www\.|(?:script|data|mailto|tel|sms|blob|filesystem)[ \t]*:", re.IGNORECASE)
_UNSEEN = re.compile(f"[{_HIDDEN}]+")
_TO = (
    r"\([ \t\n]*(?P<to><[^<>\n]*>|(?:[^\s()<>]|\([^\s()]*\))*)"
    r"(?:[ \t\n]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t\n]*\)"
)
_LINK = re.compile(rf"(?P<image>!?)\[(?P<words>[^\[\]]*)\]{_TO}")
_HALF = re.compile(rf"\]{_TO}")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]*|[^\s<>@/\"'=]+@[^\s<>\"'=/]+)>", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|<[A-Za-z/!?][^<>]*>", re.DOTALL)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.\-]{0,30}:[ \t]*(?://|\\\\)|(?<![:/\w])//(?=[\w\-]+\.\w)|www\.)"
    r"[^\s<>\"'`|)\]]*"
    r"|(?:javascript|vbscript|livescript)[ \t]*:[^\s<>]*"
    r"|(?<![a-z])data:(?:[\w.+\-]+/[\w.+\-]+[;,]|[;,])[^\s<>]*",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(?<![a-z])(?:mailto|tel|sms|blob|filesystem)[ \t]*:(?=\S)", re.IGNORECASE)
_OPENING = re.compile(r"<(?=[A-Za-z/!?]|\Z)")
_DEFINITION = re.compile(r"\]:(?=\s*[<./#\\])")
_HTTPS = re.compile(r"https://([a-z0-9.\-]+)(?::443)?(?:[/?#][!-~]*)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inert:
    """The text that may be shown, and how many constructs were made inert. None: it could not be made so."""

    text: str | None = field(repr=False)
    count: int = 0


def inert(text: str, hosts: frozenset[str] = frozenset()) -> Inert:
    """`text` without images, links and active content; links by https to `hosts` (in small letters) stay."""
    if not _may_be_active(text):
        return Inert(text)
    work = _Work(hosts)
    for _ in range(MAX_ROUNDS):
        before = text
        text = work.undo(text)
        if text == before:
            return Inert(work.part(text), work.count)
    return Inert(None, work.count)


def _may_be_active(text: str) -> bool:
    """False only where nothing is; cheaper than looking."""
    return any(sign in text for sign in _SIGNS) or _NAMED.search(text) is not None or _UNSEEN.search(text) is not None


class _Work:
    def __init__(self, hosts: frozenset[str]) -> None:
        self._hosts = hosts
        self.count = 0

    def undo(self, text: str) -> str:
        """Undo every construct of the first kind that is there; what it held may be one in its turn."""
        kinds: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (_UNSEEN, lambda _: ""),
            (_LINK, self._words),
            (_HALF, lambda found: found[0] if self._allowed(found["to"]) else "]"),
            (_AUTOLINK, lambda found: found[1]),
            (_TAG, lambda _: ""),
            (_ADDRESS, lambda found: found[0] if self._allowed(found[0]) else TAKEN_OUT),
            (_SCHEME, lambda _: ""),
        )
        for pattern, put in kinds:
            undone = self._each(pattern, text, put)
            if undone != text:
                return undone
        return text

    def part(self, text: str) -> str:
        """Write what is left of broken constructs so that it opens nothing."""
        text = self._each(_OPENING, text, lambda _: "< ")
        text = self._each(_DEFINITION, text, lambda _: "] :")
        return self._unjoined(text)

    def _each(self, pattern: re.Pattern[str], text: str, put: Callable[[re.Match[str]], str]) -> str:
        def one(found: re.Match[str]) -> str:
            written = put(found)
            self.count += written != found[0]
            return written

        return pattern.sub(one, text)

    def _words(self, found: re.Match[str]) -> str:
        """An image is always fetched, so it never stays; a link stays where its host may be opened."""
        return found[0] if not found["image"] and self._allowed(found["to"]) else found["words"]

    def _unjoined(self, text: str) -> str:
        """A bracket that may open an address in brackets is parted from it, unless it is one that stays."""
        place = text.find("](")
        while place >= 0:
            if _HALF.match(text, place) is None:
                text = f"{text[: place + 1]} {text[place + 1 :]}"
                self.count += 1
            place = text.find("](", place + 1)
        return text

    def _allowed(self, address: str) -> bool:
        """Whether this whole address leads by https to an allowed host: no user, no other port, no backslash."""
        found = _HTTPS.match(address.removesuffix("."))
        return found is not None and "\\" not in address and found[1].lower() in self._hosts
