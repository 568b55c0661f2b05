"""One client for any destination of embeddings: by its class, at every call."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from phiward.adapters.embedding.gated import EmbeddingDestinations
from phiward.domain.text import DeidentifiedText
from phiward.domain.vendors import DestinationClass, Route
from tests.flow.fakes import destination


class Client:
    """Remembers that it was used."""

    def __init__(self) -> None:
        self.used = 0

    async def post(self, route: Route, texts: Sequence[DeidentifiedText]) -> Any:
        """Nothing."""
        self.used += 1
        return np.zeros((len(texts), 2), np.float32)


@pytest.mark.parametrize(
    ("kind", "covered", "uncovered"),
    [(DestinationClass.SELF_HOSTED, 1, 0), (DestinationClass.BAA, 1, 0), (DestinationClass.NO_BAA, 0, 1)],
)
async def test_a_destination_without_an_agreement_is_reached_by_the_client_that_takes_nothing_else(
    kind: DestinationClass, covered: int, uncovered: int
) -> None:
    """The class is that of this instant."""
    made = EmbeddingDestinations(None)  # type: ignore[arg-type]
    first, second = Client(), Client()
    made._covered, made._uncovered = first, second  # type: ignore[assignment]
    await made.post(Route(destination(), "m", kind, None, None), [DeidentifiedText("x")])
    assert (first.used, second.used) == (covered, uncovered)
