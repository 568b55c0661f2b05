"""The inverse of `Conversation.hide`, for whole texts."""

from collections.abc import Mapping

from phiward.domain.placeholders import PATTERN


def reidentify(text: str, placeholders: Mapping[str, str]) -> str:
    """Put the originals back. A placeholder that was never issued stays as it is.

    `placeholders` maps every accepted spelling to its original. Restored text is not read again, so
    an original that looks like a placeholder is safe.
    """
    if not placeholders or "[" not in text:
        return text
    return PATTERN.sub(lambda match: placeholders.get(match.group(), match.group()), text)
