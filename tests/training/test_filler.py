"""Filled templates: every identifier keeps its label."""

from pathlib import Path
from random import Random

import pytest

from training.deid import lists
from training.deid.filler import LABELS, Filler, Piece
from training.deid.noise import disturb
from training.deid.templates import FOLDER, Template, parse, read

SHARED = Path(__file__).parents[3] / "shared/data"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="shared/data is not beside this checkout")


@pytest.fixture(scope="module")
def filler() -> Filler:
    """Reads the public name and place tables once."""
    return Filler(lists.load(SHARED))


def filled(filler: Filler, text: str, seed: int = 1) -> list[Piece]:
    """One template, filled."""
    return filler.fill(Template("test", parse(text)), Random(seed))


def labels(pieces: list[Piece]) -> str:
    """The labels in order."""
    return " ".join(piece.label for piece in pieces if piece.text)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.name)
def test_every_template_can_be_filled(filler, path):
    """No slot is unknown, and every label is one that the tagger tells apart."""
    for template in read(path):
        assert {piece.label for piece in filler.fill(template, Random(3))} <= set(LABELS)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("clean*.txt")), ids=lambda path: path.name)
def test_clean_templates_hold_nothing_to_remove(filler, path):
    """Whatever is drawn."""
    for template in read(path):
        for seed in range(3):
            assert {piece.label for piece in filler.fill(template, Random(seed))} == {"O"}


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("call {rel.first} now", "O NAME O", "a name by its slot"),
        ("Dr. {dr.last} called", "NAME O", "a literal title belongs to the name"),
        ("in {city}, {state}.", "O PLACE O", "a state right behind its city belongs to it"),
        ("from {state} to {country}", "O O O O", "states and countries alone stay"),
        ("at {hospital} on {date}", "O ORG O DATE", "houses and dates"),
        ("MRN {mrn}, {age90} years", "O CODE O AGE O", "labels and units stay"),
        ("{drug} {dose} for {dx}", "O O O O O", "clinical words stay"),
    ],
)
def test_a_slot_gives_its_label(filler, text, expected, reason):
    """One row for each rule of the policy."""
    assert labels(filled(filler, text)) == expected, reason


def test_the_same_seed_gives_the_same_document(filler):
    """Training can be had again."""
    text = "{patient} saw {dr} at {clinic} on {date}, {address}, {phone}, {drug} {labs}"
    assert filled(filler, text, 5) == filled(filler, text, 5)
    assert filled(filler, text, 5) != filled(filler, text, 6)


def test_one_key_is_one_person(filler):
    """The surname comes again."""
    pieces = filled(filler, "{patient.first} {patient.last} … {patient.last}")
    assert pieces[2].text == pieces[4].text


def test_no_hand_or_machine_moves_a_label(filler):
    """Capitals, scanners, thumbs: as many labelled pieces as before, in the same order."""
    pieces = filled(filler, "{patient} from {city} on {date}, mrn {mrn}, takes {drug}")
    assert any(disturb(pieces, Random(seed)) != pieces for seed in range(200))
    for seed in range(200):
        assert [piece.label for piece in disturb(pieces, Random(seed))] == [piece.label for piece in pieces]
