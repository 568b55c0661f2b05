"""A client that is not installed."""

import json

import pytest

from phiward.adapters.corpora.libraries import optional
from phiward.domain.errors import ConfigurationError


def test_a_missing_client_is_named_with_what_to_install() -> None:
    """As a setting that cannot be used."""
    with pytest.raises(ConfigurationError, match=r"phiward\[qdrant\]"):
        optional("phiward_has_no_such_module", "phiward[qdrant]")


def test_an_installed_one_is_given() -> None:
    """The module itself."""
    assert optional("json", "nothing") is json
