"""What happens to texts before anyone reads them: capitals, lower case, scanners, thumbs, wrapped lines.

Works on pieces, so that every label stays with its letters.
"""

from collections.abc import Callable
from random import Random

from training.deid.filler import Piece

_OCR = {"0": "O", "O": "0", "1": "l", "l": "1", "5": "S", "S": "5", "m": "rn", "e": "c", "I": "l", "B": "8"}


def _each(pieces: list[Piece], change: Callable[[str], str]) -> list[Piece]:
    return [Piece(change(piece.text), piece.label) for piece in pieces]


def _ocr(pieces: list[Piece], rng: Random) -> list[Piece]:
    def change(text: str) -> str:
        return "".join(
            _OCR.get(letter, letter) if rng.random() < 0.02 else letter + (" " if rng.random() < 0.004 else "")
            for letter in text
        )

    return _each(pieces, change)


def _typos(pieces: list[Piece], rng: Random) -> list[Piece]:
    def change(text: str) -> str:
        letters = list(text)
        for place in range(1, len(letters) - 1):
            if rng.random() < 0.01 and letters[place].isalpha() and letters[place - 1].isalpha():
                letters[place] = rng.choice(("", letters[place] * 2, rng.choice("aeiounrst")))
        return "".join(letters)

    return [
        piece if piece.label in ("DATE", "AGE", "CODE") else Piece(change(piece.text), piece.label) for piece in pieces
    ]


def _lower_names(pieces: list[Piece]) -> list[Piece]:
    return [piece if piece.label == "O" else Piece(piece.text.lower(), piece.label) for piece in pieces]


def _upper_names(pieces: list[Piece]) -> list[Piece]:
    return [Piece(piece.text.upper(), piece.label) if piece.label in ("NAME", "ORG") else piece for piece in pieces]


def _wrapped(pieces: list[Piece], rng: Random) -> list[Piece]:
    width, column, done = rng.choice((40, 60, 72, 80)), 0, []
    for piece in pieces:
        text = []
        for letter in piece.text:
            column = 0 if letter == "\n" else column + 1
            if letter == " " and column > width:
                letter, column = "\n", 0
            text.append(letter)
        done.append(Piece("".join(text), piece.label))
    return done


def disturb(pieces: list[Piece], rng: Random) -> list[Piece]:
    """The document as some hand or machine would have left it; three in five stay as they are."""
    roll = rng.random()
    if roll < 0.60:
        return pieces
    if roll < 0.71:
        return _each(pieces, str.lower)
    if roll < 0.80:
        return _each(pieces, str.upper)
    if roll < 0.84:
        return _lower_names(pieces)
    if roll < 0.87:
        return _upper_names(pieces)
    if roll < 0.91:
        return _typos(pieces, rng)
    if roll < 0.94:
        return _ocr(pieces, rng)
    if roll < 0.97:
        return _wrapped(pieces, rng)
    return _typos(_each(pieces, str.lower), rng)
