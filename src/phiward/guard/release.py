"""The last check of an answer: it goes out passage by passage, and a passage that may not is replaced by a mark.

A transducer behind the output filter, over text with names in place. For each passage (a sentence or a line):

1. it waits until it is whole;
2. it is made inert: no image, link or active content;
3. both forms are checked in every reading, with the end of what went before, for what an answer must not hold;
4. the very text that was checked goes out, or a mark that says why it does not; only its tail waits for the next
   passage where it may begin an identifier. One word that has no end is not read, and withheld.

The same text is released however the stream was cut, and what was released is never taken back. When anything in the
check fails, nothing more is released.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from phiward.domain.errors import UnsafeContentError
from phiward.domain.patients import PatientRef
from phiward.guard.index import KnownIndex
from phiward.guard.inert import inert
from phiward.guard.passage import PassageCheck, Rule
from phiward.guard.pieces import PassageCutter
from phiward.guard.tails import tail_start

CARRIED = 64
"""Characters already released that are read again with the next passage, in whole words."""

_BLANKS = " \t\r\n"
_APART = " "
"""Between a mark and what follows it without a space: "](" would make a link of them."""
_FIRST_WORD = re.compile(r"\A\S+")

_WHY = {
    Rule.KNOWN: "an identifier of another person",
    Rule.ENCODED: "an identifier of another person in an encoding",
    Rule.UNSEEN: "a number or address that stands nowhere in the record",
    Rule.CANARY: "instructions of the system",
    Rule.ACTIVE: "active content",
    Rule.UNREADABLE: "code that could not be checked",
}


def mark(rule: Rule) -> str:
    """What stands in the place of a passage that broke this rule."""
    return f"[withheld: this passage held {_WHY[rule]}]"


class ReleaseGate:
    """One for each choice and field of an answer. Holds PHI while it waits: never print it."""

    def __init__(
        self,
        index: KnownIndex,
        granted: frozenset[PatientRef],
        *,
        own: Iterable[str] = (),
        seen: Callable[[str], bool] | None = None,
        canaries: Iterable[str] = (),
        hosts: frozenset[str] = frozenset(),
    ) -> None:
        """`granted`: patients whom the answer may name; `own`: values restored in it, which may stand there too.

        `seen` says whether a number or address stood in the conversation (`unseen.Context`); None: not asked.
        `canaries`: each letters that only a system prompt holds. `hosts`: what links may lead to, in small letters.
        """
        self._check = PassageCheck(index, granted, own=own, seen=seen, canaries=canaries)
        self._index, self._hosts = index, hosts
        self._cutter = PassageCutter()
        self._tail = ""
        self._carried = ""
        self._broken = False
        self.withheld: Counter[str] = Counter()
        self.inert = 0

    def feed(self, text: str) -> str:
        """Take a part of the answer; return the passages that may go out by now. Raises UnsafeContentError."""
        return self._guarded(lambda: [self._passage(one) for one in self._cutter.feed(text)])

    def finish(self) -> str:
        """No more will come; return the rest. Raises UnsafeContentError."""
        return self._guarded(lambda: [self._passage(self._cutter.finish(), final=True)])

    def _guarded(self, work: Callable[[], list[str]]) -> str:
        if not self._broken:
            try:
                return "".join(work())
            except Exception:  # whatever it is: text that was not checked does not go out
                self._broken = True
        raise UnsafeContentError("The check of the answer failed, so the rest of it is not released.") from None

    def _passage(self, piece: str, *, final: bool = False) -> str:
        text, self._tail = self._tail + piece, ""
        if not text.strip(_BLANKS):
            return self._carry(text)
        decided = self._decided(text, cut=not final and not text[-1].isspace())
        if isinstance(decided, Rule):
            self.withheld[decided] += 1
            before, said = len(text) - len(text.lstrip(_BLANKS)), len(text.rstrip(_BLANKS))
            return self._carry(text[:before] + mark(decided) + (text[said:] or _APART[: not final]))
        end = len(decided) if final else tail_start(decided, self._index)
        self._tail = decided[end:]
        return self._carry(decided[:end])

    def _decided(self, text: str, *, cut: bool) -> Rule | str:
        """The rule that `text` breaks, or its inert form, which was checked as well. `cut`: it ends within a word."""
        if cut:
            return Rule.UNREADABLE
        rule = self._check.broken(text, self._carried)
        if rule is not None:
            return rule
        made = inert(text, self._hosts)
        if made.text is None:
            return Rule.ACTIVE
        if made.text != text:
            rule = self._check.broken(made.text, self._carried)
        self.inert += made.count
        return rule or made.text

    def _carry(self, shown: str) -> str:
        """Remember the last whole words of what goes out."""
        kept = self._carried + shown
        if len(kept) > CARRIED:
            kept = _FIRST_WORD.sub("", kept[-CARRIED:])
        self._carried = kept
        return shown
