"""Numbers and addresses in an answer that stood nowhere in the conversation: a model knows them from elsewhere.

Nobody's index need know them. A number with a check digit or a fixed form (social security, telephone, card, provider,
vehicle) or an e-mail address, that was neither in the prompt nor restored here, names somebody else, or nobody.
"""

import re
from collections.abc import Iterable, Iterator

from phiward.domain.words import canonical_words
from phiward.guard.checkdigits import identifying_numbers

_TOLL_FREE = re.compile(r"\+?1?[-. ]?\(?8(?:00|33|44|55|66|77|88)\)?[-. ]")
_COUNTRY = re.compile(r"\+?1[-. (]")


class Context:
    """The texts of a conversation, to be asked whether a number stood there. Holds PHI: never print it."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """`texts`: all that the model was given, and what was restored, with names in place."""
        self._joined = "|".join(["".join(canonical_words(text)) for text in texts])

    def __call__(self, number: str) -> bool:
        """Whether these letters and digits stood there, with whatever separators."""
        return "".join(canonical_words(number)) in self._joined


def unseen_numbers(text: str) -> Iterator[str]:
    """The identifying numbers of `text` in a form to ask a `Context` for: a telephone number without its country.

    A toll-free number is a service's, not a person's, and is none.
    """
    for number in identifying_numbers(text):
        if not _TOLL_FREE.match(number):
            yield _COUNTRY.sub("", number, count=1) if _COUNTRY.match(number) else number
