"""The shipped model and its card."""

import hashlib
import json
from importlib import resources
from pathlib import Path

import pytest

from phiward.deid.tagger.model_file import CARD, MODEL, read_card, read_model, residual_risk, shipped_model
from phiward.deid.tagger.tagger import Tagger
from phiward.deid.tagger.tokens import tokenise
from phiward.domain.errors import UnsafeContentError

FOLDER = Path(str(resources.files("phiward.deid.tagger")))
SHARED = Path(__file__).parents[5] / "shared/data"


def test_an_altered_model_is_refused():
    """One byte is enough."""
    blob = bytearray((FOLDER / MODEL).read_bytes())
    blob[len(blob) // 2] ^= 1
    with pytest.raises(UnsafeContentError):
        read_model(bytes(blob), read_card())


def test_a_missing_model_fails_the_request(monkeypatch, tmp_path):
    """Never silently without names."""
    monkeypatch.setattr("phiward.deid.tagger.model_file._folder", lambda: tmp_path)
    shipped_model.cache_clear()
    with pytest.raises(UnsafeContentError):
        shipped_model()
    monkeypatch.undo()
    shipped_model.cache_clear()


def test_the_card_describes_the_shipped_file():
    """Its SHA-256, its labels, its size in tens of megabytes at most."""
    blob = (FOLDER / MODEL).read_bytes()
    assert read_card()["sha256"] == hashlib.sha256(blob).hexdigest()
    assert tuple(read_card()["labels"]) == shipped_model().labels
    assert len(blob) < 40_000_000


def test_the_card_names_the_seed_and_every_input():
    """Whoever trains again can tell whether the inputs are the same."""
    card = json.loads((FOLDER / CARD).read_text())
    assert isinstance(card["seed"], int)
    assert card["inputs"]
    assert all(len(digest) == 64 for digest in card["inputs"].values())


@pytest.mark.skipif(not SHARED.exists(), reason="shared/data is not beside this checkout")
def test_the_inputs_of_the_card_are_those_beside_this_checkout():
    """Same bytes."""
    inputs = {name: digest for name, digest in read_card()["inputs"].items() if name.startswith("shared/data/")}
    assert inputs
    for name, digest in inputs.items():
        assert hashlib.sha256((SHARED / name.removeprefix("shared/data/")).read_bytes()).hexdigest() == digest, name


def test_the_templates_and_lists_of_the_card_are_those_of_this_checkout():
    """A changed template owes a new training."""
    folder = Path(__file__).parents[4] / "training/deid"
    written = {f"training/{path.relative_to(folder)}": path for path in folder.rglob("*.txt")}
    inputs = {name: digest for name, digest in read_card()["inputs"].items() if name.startswith("training/")}
    assert inputs == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in written.items()}


def test_the_residual_risk_is_told_in_figures():
    """The person who accepts it sees what was measured."""
    row = {"recall": 0.995, "span_recall": 0.985, "documents_leaking": 3, "documents_with_identifiers": 100}
    clean = {"recall": None, "clean_texts_touched": 1}
    told = residual_risk({"sha256": "ab" * 32, "measured": {"notes": row, "clean": clean, "names": {"spread": 0.01}}})
    assert "clean" not in told
    assert "99.50%" in told
    assert "3 of 100 texts with a leak" in told


def test_serving_says_what_training_said():
    """The forward pass in numpy, on a text of which the card holds what torch said: the same to a hundredth."""
    probe = read_card()["probe"]
    likely = 1 - Tagger().chances(tokenise(probe["text"]))[:, 0]
    assert likely.tolist() == pytest.approx(probe["likely"], abs=0.01)


def test_the_shipped_card_holds_measured_figures():
    """A model that nobody measured is not shipped."""
    assert read_card()["measured"]
