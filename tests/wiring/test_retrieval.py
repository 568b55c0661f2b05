"""Which embedding model and which rules of evidence a process uses."""

from pathlib import Path
from typing import Any

import pytest

from phiward.adapters.embedding.deferred import DeferredEmbedder
from phiward.clinical.gate import UnsupportedPolicy
from phiward.deid.deidentifier import Deidentifier
from phiward.domain.errors import ConfigurationError
from phiward.flow.embedding import GatedEmbedder
from phiward.settings import Settings
from phiward.wiring.retrieval import evidence_rules, make_embedder

NOTHING: Any = None


def settings(**more: Any) -> Settings:
    """Settings with changes."""
    return Settings(data_dir=Path("/nowhere/data"), secrets_dir=Path("/nowhere/secrets"), **more)


def test_a_calibration_that_is_not_there_or_is_none_is_refused(tmp_path: Path) -> None:
    """Not calibrated is a choice; a broken calibration is a mistake."""
    broken = tmp_path / "calibration.json"
    with pytest.raises(ConfigurationError, match="PHIWARD_CALIBRATION_FILE"):
        evidence_rules(settings(calibration_file=broken))
    broken.write_text("{}")
    with pytest.raises(ConfigurationError):
        evidence_rules(settings(calibration_file=broken))


def test_unsupported_sentences_are_marked_unless_the_settings_say_otherwise() -> None:
    """Nothing is left out unasked."""
    assert evidence_rules(settings()).unsupported is UnsupportedPolicy.MARK
    assert evidence_rules(settings(unsupported="drop")).unsupported is UnsupportedPolicy.DROP
    assert evidence_rules(settings()).calibration is None


def test_the_model_is_local_unless_a_model_of_the_vendor_book_is_named() -> None:
    """And then under the gate."""
    parts: Any = (NOTHING, Deidentifier(()), NOTHING, NOTHING, NOTHING)
    assert isinstance(make_embedder(settings(), *parts), DeferredEmbedder)
    away = make_embedder(settings(embedding_model="text-embedding-9"), *parts)
    assert isinstance(away, GatedEmbedder)
    assert away.model == "remote/text-embedding-9"
